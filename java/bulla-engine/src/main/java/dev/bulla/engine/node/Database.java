package dev.bulla.engine.node;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/**
 * The engine's database on connections of Bulla's own. The work is done in threads of its own as
 * well: data sources that take part in transactions give a thread the connection of its
 * transaction, and what is written here must be durable whatever becomes of that.
 */
final class Database implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  /**
   * PostgreSQL would wait for a lock forever, and keep the connection from the engine's pool. H2
   * gives up by itself.
   */
  private static final String LOCK_PATIENCE = "set local lock_timeout = '5s'";

  private final DataSource source;
  private final String prefix;
  private final ExecutorService threads;
  private volatile Boolean patient;

  /**
   * For one node.
   *
   * @param source the engine's
   * @param prefix what stands before table names: schema and prefix, or nothing
   * @param node names the threads
   */
  Database(DataSource source, String prefix, String node) {
    this.source = source;
    this.prefix = prefix == null ? "" : prefix;
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "bulla-" + node + "-database");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Something done on a connection. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /** A table's name as it stands in SQL. */
  String table(String name) {
    return prefix + name;
  }

  /**
   * Does the work in one transaction and commits it.
   *
   * @param what for the message when it fails
   */
  <T> T transaction(String what, Work<T> work) {
    Future<T> result = threads.submit(() -> committed(work));
    try {
      return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BullaException known) {
        throw known;
      }
      throw new BullaException(
          Kind.IO, what + " failed: " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      result.cancel(true);
      throw new BullaException(
          Kind.IO,
          what
              + " got no answer within "
              + PATIENCE_SECONDS
              + " s; check the database, and that the engine's connection pool has one connection"
              + " to spare for Bulla",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BullaException(Kind.IO, what + " was interrupted", e);
    }
  }

  private <T> T committed(Work<T> work) throws SQLException {
    try (Connection connection = source.getConnection()) {
      boolean auto = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try {
        losePatience(connection);
        T result = work.on(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(auto);
      }
    }
  }

  private void losePatience(Connection connection) throws SQLException {
    if (patient == null) {
      patient = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }
    if (patient) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(LOCK_PATIENCE);
      }
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
