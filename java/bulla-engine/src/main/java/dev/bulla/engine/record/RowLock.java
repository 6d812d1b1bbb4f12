package dev.bulla.engine.record;

import dev.bulla.engine.sql.Statement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** The clause that keeps selected rows from changing, where the database has one. */
public final class RowLock {

  private RowLock() {}

  /** The clause for a query for these rows; empty where there is none. */
  public static String clause(Connection connection, Statement.Rows rows) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    if (product.equals("postgresql")) {
      return " for update of " + rows.alias().substring(rows.alias().lastIndexOf('.') + 1);
    }
    boolean offered = product.equals("h2") || product.equals("mysql") || product.equals("mariadb");
    return offered && rows.joined().isEmpty() ? " for update" : "";
  }
}
