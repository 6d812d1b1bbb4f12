package dev.bulla.audit;

import dev.bulla.Intake;
import dev.bulla.Intake.CoveredTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists what in the schema can change what a covered table shows or keeps. */
final class SchemaObjects {
  private static final List<String> OWN =
      List.of("BULLA_RECORD", "BULLA_CHECKPOINT", "BULLA_KEY", "BULLA_SALT");

  /** Each answers kind, name, table for one schema; what only reads is not among them. */
  private static final List<String> H2 =
      List.of(
          "SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE FROM INFORMATION_SCHEMA.TRIGGERS"
              + " WHERE EVENT_OBJECT_SCHEMA = ?",
          "SELECT 'synonym', SYNONYM_NAME, SYNONYM_NAME FROM INFORMATION_SCHEMA.SYNONYMS"
              + " WHERE SYNONYM_SCHEMA = ?",
          "SELECT 'generated column', COLUMN_NAME, TABLE_NAME FROM INFORMATION_SCHEMA.COLUMNS"
              + " WHERE TABLE_SCHEMA = ?"
              + " AND (IS_GENERATED = 'ALWAYS' OR COLUMN_ON_UPDATE IS NOT NULL)",
          "SELECT 'domain that updates', D.DOMAIN_NAME, C.TABLE_NAME"
              + " FROM INFORMATION_SCHEMA.COLUMNS C JOIN INFORMATION_SCHEMA.DOMAINS D"
              + " ON D.DOMAIN_SCHEMA = C.DOMAIN_SCHEMA AND D.DOMAIN_NAME = C.DOMAIN_NAME"
              + " WHERE C.TABLE_SCHEMA = ? AND D.DOMAIN_ON_UPDATE IS NOT NULL",
          "SELECT 'link to another table', TABLE_NAME, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES"
              + " WHERE TABLE_SCHEMA = ? AND STORAGE_TYPE = 'TABLE LINK'");

  private static final List<String> POSTGRESQL =
      List.of(
          "SELECT 'trigger', t.tgname, c.relname FROM pg_trigger t"
              + " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
              + " WHERE NOT t.tgisinternal AND n.nspname = ?",
          "SELECT 'rule', rulename, tablename FROM pg_rules WHERE schemaname = ?",
          "SELECT 'row-level security policy', policyname, tablename FROM pg_policies"
              + " WHERE schemaname = ?",
          "SELECT 'row-level security', c.relname, c.relname FROM pg_class c"
              + " JOIN pg_namespace n ON n.oid = c.relnamespace"
              + " WHERE c.relrowsecurity AND n.nspname = ?",
          "SELECT 'inheriting table', k.relname, c.relname FROM pg_inherits i"
              + " JOIN pg_class c ON c.oid = i.inhparent JOIN pg_class k ON k.oid = i.inhrelid"
              + " JOIN pg_namespace n ON n.oid = c.relnamespace"
              + " WHERE c.relkind = 'r' AND n.nspname = ?",
          "SELECT 'generated column', a.attname, c.relname FROM pg_attribute a"
              + " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
              + " WHERE a.attgenerated <> '' AND n.nspname = ?");

  private static final String H2_VIEWS =
      "SELECT TABLE_NAME, VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_SCHEMA <>"
          + " 'INFORMATION_SCHEMA'";
  private static final String POSTGRESQL_VIEWS =
      "SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c"
          + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm')"
          + " AND n.nspname NOT IN ('pg_catalog', 'information_schema')";

  private static final Pattern WORD = Pattern.compile("\\w+");

  private final Connection connection;
  private final Naming naming;
  private final Map<String, String> tables = new HashMap<>();

  SchemaObjects(Connection connection, Naming naming, List<CoveredTable> covered)
      throws SQLException {
    this.connection = connection;
    this.naming = naming;
    for (CoveredTable table : covered) {
      tables.put(naming.catalogued(table.name()), table.name());
    }
    for (String table : OWN) {
      tables.put(naming.catalogued(table), table);
    }
  }

  void feed(Intake intake) throws SQLException {
    boolean h2 =
        connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT).equals("h2");
    for (String listing : h2 ? H2 : POSTGRESQL) {
      list(intake, listing);
    }
    for (String table : tables.values()) {
      String type = naming.type(table);
      if (type != null && !type.equals("TABLE") && !type.equals("PARTITIONED TABLE")) {
        intake.schemaObject(type.toLowerCase(Locale.ROOT) + " in its place", table, table, false);
      }
    }
    views(intake, h2 ? H2_VIEWS : POSTGRESQL_VIEWS);
  }

  private void list(Intake intake, String listing) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(listing)) {
      statement.setString(1, naming.schema());
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          String table = tables.get(found.getString(3));
          if (table != null) {
            intake.schemaObject(found.getString(1), found.getString(2), table, false);
          }
        }
      }
    }
  }

  private void views(Intake intake, String listing) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(listing);
        ResultSet found = statement.executeQuery()) {
      while (found.next()) {
        String definition = found.getString(2);
        Matcher words = WORD.matcher(definition == null ? "" : definition);
        while (words.find()) {
          String table = tables.get(words.group());
          if (table != null && !table.equals(tables.get(found.getString(1)))) {
            intake.schemaObject("view", found.getString(1), table, true);
            break;
          }
        }
      }
    }
  }
}
