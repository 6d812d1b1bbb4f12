package dev.bulla.engine.node;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.engine.record.Coverage;
import dev.bulla.engine.record.CoveredTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Bulla's tables, created and dropped as the engine's own are. */
final class Schema {

  private static final List<String> TABLES =
      List.of(
          "BULLA_OVERFLOW",
          "BULLA_SALT",
          "BULLA_CHECKPOINT",
          "BULLA_RECORD",
          "BULLA_KEY",
          "BULLA_PROPERTY");

  private final Database database;

  Schema(Database database) {
    this.database = database;
  }

  /** Brings the tables into the state that the setting asks for, before the engine's first use. */
  void prepare(SchemaSetting setting, Coverage coverage) {
    boolean present = isPresent("BULLA_PROPERTY");
    if (setting == SchemaSetting.DROP_CREATE) {
      drop();
      present = false;
    } else if (!present) {
      refuseRunningHistory(coverage);
    }
    if (present) {
      return;
    }
    if (setting == SchemaSetting.CHECK) {
      throw new BullaException(
          Kind.LEDGER_STATE,
          database.table("BULLA_PROPERTY")
              + " and the other BULLA_ tables are missing, and the engine is set not to create"
              + " tables; run dev/bulla/engine/node/<database>.create.sql of the bulla-engine jar,"
              + " or set databaseSchemaUpdate to true for the first start");
    }
    create();
  }

  /** Drops the tables. */
  void drop() {
    database.transaction(
        "dropping the BULLA_ tables",
        connection -> {
          try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
              statement.execute("drop table if exists " + database.table(table));
            }
          }
          return null;
        });
  }

  private void create() {
    database.transaction(
        "creating the BULLA_ tables",
        connection -> {
          try (Statement statement = connection.createStatement()) {
            for (String command : script(connection)) {
              statement.execute(command);
            }
          }
          return null;
        });
  }

  private List<String> script(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    String file =
        switch (product) {
          case "h2" -> "h2.create.sql";
          case "postgresql" -> "postgres.create.sql";
          default ->
              throw new BullaException(
                  Kind.UNSUPPORTED_PLATFORM,
                  "no tables are defined for " + product + "; use H2 or PostgreSQL");
        };
    List<String> commands = new ArrayList<>();
    try (InputStream stream = Schema.class.getResourceAsStream(file)) {
      String script = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      for (String command : script.replace("${prefix}", database.table("")).split(";", -1)) {
        if (!command.isBlank()) {
          commands.add(command.trim());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return commands;
  }

  /** Rows that were written before there was a ledger cannot be answered for. */
  private void refuseRunningHistory(Coverage coverage) {
    for (CoveredTable table : coverage.tables()) {
      if (!table.name().startsWith("BULLA_") && hasRows(table.name())) {
        throw new BullaException(
            Kind.LEDGER_STATE,
            database.table(table.name())
                + " has rows, but the database has no ledger: it was in use before Bulla, or the"
                + " BULLA_ tables were removed. If they were removed, restore them and run an audit"
                + " against the anchors. Adopting a running history is not possible yet: start Bulla"
                + " on an empty database, and let the instances of the old one end there");
      }
    }
  }

  private boolean isPresent(String table) {
    return succeeds("select 1 from " + database.table(table) + " where 1 = 0") != null;
  }

  private boolean hasRows(String table) {
    return Boolean.TRUE.equals(succeeds("select 1 from " + database.table(table)));
  }

  /** Whether the query has a row; null when it cannot be run, because there is no such table. */
  private Boolean succeeds(String query) {
    return database.transaction(
        "looking for tables",
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(1);
            try (ResultSet results = statement.executeQuery(query)) {
              return results.next();
            }
          } catch (SQLException noSuchTable) {
            return null;
          }
        });
  }
}
