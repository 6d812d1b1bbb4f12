package dev.bulla.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** One read transaction that sees the database as it stands at its first statement. */
final class Snapshot implements AutoCloseable {
  /** The isolation level that H2 calls SNAPSHOT and JDBC has no name for. */
  private static final int H2_SNAPSHOT = 6;

  private final Connection connection;
  private final boolean autoCommit;
  private final boolean readOnly;
  private final int isolation;

  Snapshot(Connection connection) throws SQLException {
    this.connection = connection;
    autoCommit = connection.getAutoCommit();
    readOnly = connection.isReadOnly();
    isolation = connection.getTransactionIsolation();
    if (!autoCommit) {
      connection.rollback();
    }
    String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    connection.setTransactionIsolation(
        product.equals("h2") ? H2_SNAPSHOT : Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    // Both H2 and PostgreSQL fetch rows in portions only outside auto-commit.
    connection.setAutoCommit(false);
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(autoCommit);
    connection.setReadOnly(readOnly);
    connection.setTransactionIsolation(isolation);
  }
}
