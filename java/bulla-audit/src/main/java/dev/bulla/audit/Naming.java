package dev.bulla.audit;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/** Where the tables of an engine are and how this database spells them. */
final class Naming {
  private final DatabaseMetaData metaData;
  private final String schema;
  private final String qualifier;
  private final String prefix;

  /**
   * Resolves the schema.
   *
   * @param schema the schema, or null for the connection's own
   * @param prefix what the engine puts before table names ({@code databaseTablePrefix}), which may
   *     begin with a schema and a dot; or null
   */
  Naming(Connection connection, String schema, String prefix) throws SQLException {
    metaData = connection.getMetaData();
    String full = prefix == null ? "" : prefix;
    int dot = full.lastIndexOf('.');
    String named = schema != null ? schema : dot >= 0 ? full.substring(0, dot) : null;
    this.prefix = simple(full.substring(dot + 1));
    this.qualifier = named == null ? "" : simple(named) + ".";
    this.schema = named == null ? connection.getSchema() : folded(named);
  }

  /** The table's name for SQL. */
  String sql(String table) {
    return qualifier + prefix + simple(table);
  }

  /** The schema's name as the catalogue has it. */
  String schema() {
    return schema;
  }

  /** The table's name as the catalogue has it. */
  String catalogued(String table) throws SQLException {
    return folded(prefix + table);
  }

  /** What stands under the table's name: {@code TABLE}, {@code VIEW} and so on; null if nothing. */
  String type(String table) throws SQLException {
    String escape = metaData.getSearchStringEscape();
    String pattern = catalogued(table).replace("_", escape + "_");
    String schemaPattern = schema == null ? null : schema.replace("_", escape + "_");
    try (ResultSet found = metaData.getTables(null, schemaPattern, pattern, null)) {
      while (found.next()) {
        String type = found.getString("TABLE_TYPE");
        if (!type.contains("INDEX") && !type.contains("SEQUENCE")) {
          return type.equals("BASE TABLE") ? "TABLE" : type;
        }
      }
      return null;
    }
  }

  /** A name as the catalogue has it. */
  String folded(String name) throws SQLException {
    return metaData.storesLowerCaseIdentifiers()
        ? name.toLowerCase(Locale.ROOT)
        : name.toUpperCase(Locale.ROOT);
  }

  /** Names go into SQL as they are, so nothing but plain names may. */
  private static String simple(String name) {
    if (!name.matches("[A-Za-z0-9_$]*")) {
      throw new BullaException(
          Kind.INVALID_ARGUMENT,
          "the name \"" + name + "\" is not one of letters, digits and underscores");
    }
    return name;
  }
}
