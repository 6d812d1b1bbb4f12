package dev.bulla.benchmarks;

import dev.bulla.AuditReport;
import dev.bulla.BundleAudit;
import dev.bulla.audit.AuditCommand;
import dev.bulla.audit.DatabaseAudit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many rows an audit compares in a second, beside a bare ordered {@code SELECT} of the same
 * tables; how long an export takes, how large it is, and how long the audit of it takes.
 *
 * <p>Argument: how many tasks to complete beforehand, 3000 unless said.
 */
public final class AuditSpeed {
  private static final int ROUNDS = 5;
  private static final String URL = "jdbc:h2:mem:audited";

  private AuditSpeed() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException, SQLException {
    int tasks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3000;
    Path directory = Files.createTempDirectory("bulla-audit-speed");
    try (Connection hold = DriverManager.getConnection(URL, "sa", "")) {
      try (Completions completions = Completions.open(URL, directory)) {
        completions.complete(tasks);
      }
      Path keys = directory.resolve("audit-keys.jwks");
      AuditCommand.run(
          "disclose",
          "--config",
          directory.resolve("bulla.toml").toString(),
          "--jdbc-url",
          URL,
          "--user",
          "sa",
          "--out",
          keys.toString());
      DatabaseAudit audit =
          new DatabaseAudit(hold)
              .policy(Files.readString(directory.resolve("keys/audit-policy.toml")), "policy")
              .keys(Files.readString(keys))
              .anchors(directory.resolve("anchors"));
      List<String> tables = tables(hold);
      double bare = Double.MAX_VALUE;
      double audited = Double.MAX_VALUE;
      double exported = Double.MAX_VALUE;
      double bundled = Double.MAX_VALUE;
      long size = 0;
      Path bundle = directory.resolve("evidence.tar.gz");
      long selected = 0;
      AuditReport report = null;
      for (int round = 0; round < ROUNDS; round++) {
        long began = System.nanoTime();
        selected = select(hold, tables);
        bare = Math.min(bare, (System.nanoTime() - began) / 1e9);
        began = System.nanoTime();
        report = audit.run();
        audited = Math.min(audited, (System.nanoTime() - began) / 1e9);
        Files.deleteIfExists(bundle);
        began = System.nanoTime();
        audit.export(bundle, URL);
        exported = Math.min(exported, (System.nanoTime() - began) / 1e9);
        size = Files.size(bundle);
        began = System.nanoTime();
        if (!auditBundle(directory, bundle, keys).json().equals(report.json())) {
          throw new IllegalStateException("the bundle is not what it was made of");
        }
        bundled = Math.min(bundled, (System.nanoTime() - began) / 1e9);
      }
      if (report.outcome() != AuditReport.Outcome.CLEAN) {
        throw new IllegalStateException(report.json());
      }
      long rows = report.counts().get("rows");
      System.out.printf(
          Locale.ROOT,
          "select: %d rows in %.2f s, %.0f rows/s%n"
              + "audit:  %d rows and %d records in %.2f s, %.0f rows/s%n"
              + "an audited row costs %.1f selected ones (best of %d rounds each)%n"
              + "export: %d bytes, %.0f a row, in %.2f s%n"
              + "bundle: audited in %.2f s, %.0f rows/s%n",
          selected,
          bare,
          selected / bare,
          rows,
          report.counts().get("records"),
          audited,
          rows / audited,
          audited / rows / (bare / selected),
          ROUNDS,
          size,
          (double) size / rows,
          exported,
          bundled,
          rows / bundled);
    }
  }

  private static AuditReport auditBundle(Path directory, Path bundle, Path keys)
      throws IOException {
    String policy = Files.readString(directory.resolve("keys/audit-policy.toml"));
    try (BundleAudit audit = BundleAudit.open(bundle, policy, "policy", Files.readString(keys))) {
      return audit.finish();
    }
  }

  /** The engine's tables that have rows, as the ledger covers them. */
  private static List<String> tables(Connection database) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = database.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC' AND"
                    + " COLUMN_NAME = 'ID_' AND (TABLE_NAME LIKE 'ACT_HI_%' OR TABLE_NAME IN"
                    + " ('ACT_GE_BYTEARRAY', 'ACT_RU_VARIABLE', 'ACT_RE_PROCDEF'))")) {
      while (found.next()) {
        tables.add(found.getString(1));
      }
    }
    return tables;
  }

  private static long select(Connection database, List<String> tables) throws SQLException {
    long count = 0;
    for (String table : tables) {
      try (Statement statement = database.createStatement();
          ResultSet rows = statement.executeQuery("SELECT * FROM " + table + " ORDER BY ID_")) {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          for (int i = 1; i <= columns; i++) {
            rows.getObject(i);
          }
          count++;
        }
      }
    }
    return count;
  }
}
