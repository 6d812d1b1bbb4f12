package dev.bulla;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a sealed value is bound to: it opens only where the same context is stated. The name of the
 * installation is always part of it, {@link Bulla} adds that.
 *
 * <p>Immutable. A context used often is best kept: its packed form is made once.
 */
public final class Context {
  private final String table;
  private final String row;
  private final String group;
  private final String name;
  private final String type;
  private final String tenant;
  private final String instance;
  private final byte[] packed;

  private Context(Builder builder) {
    table = builder.table;
    row = builder.row;
    group = builder.group;
    name = builder.name;
    type = builder.type;
    tenant = builder.tenant;
    instance = builder.instance;
    packed =
        new PackedWriter(192)
            .string(table)
            .string(row)
            .string(group)
            .string(name)
            .string(type)
            .string(tenant)
            .string(instance)
            .toByteArray();
  }

  /**
   * A context of its three required parts.
   *
   * @param table the table, or any name for the kind of place the value is kept in
   * @param row the row's id, never used again for another row
   * @param group the column, or what the columns sealed together are called
   */
  public static Context of(String table, String row, String group) {
    return builder(table, row, group).build();
  }

  /** Starts a context of its three required parts, as in {@link #of}. */
  public static Builder builder(String table, String row, String group) {
    return new Builder(table, row, group);
  }

  /** The table. */
  public String table() {
    return table;
  }

  /** The row's id. */
  public String row() {
    return row;
  }

  /** The group of columns. */
  public String group() {
    return group;
  }

  /** The variable's name, or null. */
  public String name() {
    return name;
  }

  /** The variable's type, or null. */
  public String type() {
    return type;
  }

  /** The tenant, or null. */
  public String tenant() {
    return tenant;
  }

  /** The process instance, or null. */
  public String instance() {
    return instance;
  }

  /** The packed form; not to be written to. */
  byte[] packed() {
    return packed;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Context context && Arrays.equals(packed, context.packed);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(packed);
  }

  /** All parts that are there. They are names and ids, no content. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Context[").append(table).append(' ').append(row);
    text.append(' ').append(group);
    append(text, "name", name);
    append(text, "type", type);
    append(text, "tenant", tenant);
    append(text, "instance", instance);
    return text.append(']').toString();
  }

  private static void append(StringBuilder text, String part, String value) {
    if (value != null) {
      text.append(", ").append(part).append(' ').append(value);
    }
  }

  /** Collects the parts of a context. Not thread-safe. */
  public static final class Builder {
    private final String table;
    private final String row;
    private final String group;
    private String name;
    private String type;
    private String tenant;
    private String instance;

    private Builder(String table, String row, String group) {
      this.table = Objects.requireNonNull(table, "table");
      this.row = Objects.requireNonNull(row, "row");
      this.group = Objects.requireNonNull(group, "group");
    }

    /** Sets the variable's name, or null for none. */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /** Sets the variable's type, or null for none. */
    public Builder type(String value) {
      type = value;
      return this;
    }

    /** Sets the tenant, or null for none. */
    public Builder tenant(String value) {
      tenant = value;
      return this;
    }

    /** Sets the process instance, or null; where the row has one and never changes it. */
    public Builder instance(String value) {
      instance = value;
      return this;
    }

    /**
     * The context.
     *
     * @throws BullaException {@link BullaException.Kind#LONE_SURROGATE} if a part has no UTF-8 form
     */
    public Context build() {
      return new Context(this);
    }
  }
}
