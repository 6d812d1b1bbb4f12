package dev.bulla.engine.seal;

import dev.bulla.Context;

/** What the sealed values of a row are bound to. */
final class Contexts {

  /** The columns of a variable's value together. */
  static final String VALUE = "VALUE";

  private static final String DEPLOYMENT = "deployment:";

  private Contexts() {}

  static Context value(
      SealedTable table, String row, String name, String type, String tenant, String instance) {
    return Context.builder(table.name(), row, VALUE)
        .name(name)
        .type(type)
        .tenant(tenant)
        .instance(instance)
        .build();
  }

  static Context form(SealedTable table, String row, String name, String tenant, String instance) {
    return Context.builder(table.name(), row, SealedTable.TEXT)
        .name(name)
        .tenant(tenant)
        .instance(instance)
        .build();
  }

  static Context text(SealedTable table, String row, String column) {
    return Context.of(table.name(), row, column);
  }

  /** A resource belongs to its deployment: an old one is no part of a new deployment. */
  static Context bytes(
      SealedTable table, String row, String column, String name, String deployment, String tenant) {
    return Context.builder(table.name(), row, column)
        .name(name)
        .type(deployment == null ? null : DEPLOYMENT + deployment)
        .tenant(tenant)
        .build();
  }
}
