package dev.bulla.engine.node;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What became of the transaction that a record was written in. Told once; the last word wins only
 * as long as nothing certain was said.
 */
public final class Receipt {

  private final Node node;
  private final List<Long> numbers;
  private final Salts.Used salts;
  private boolean committing;
  private boolean told;

  Receipt(Node node, List<Long> numbers, Salts.Used salts) {
    this.node = node;
    this.numbers = numbers;
    this.salts = salts;
  }

  /** The commit begins; from here on, only {@link #committed} is certain. */
  public synchronized void committing() {
    committing = true;
  }

  /**
   * The commit begins of a transaction that may have been rolled back in part, to a savepoint from
   * before the record. Only the transaction itself can tell, and only now: afterwards, somebody
   * else may have deleted the record.
   *
   * @param connection that of the transaction
   */
  public synchronized void committing(Connection connection) throws SQLException {
    if (told) {
      return;
    }
    if (node.holds(connection, numbers)) {
      committing = true;
    } else {
      told = true;
      node.rolledBack(numbers);
    }
  }

  /** The transaction has committed. */
  public synchronized void committed() {
    if (!told) {
      told = true;
      node.committed(numbers, salts);
    }
  }

  /**
   * The transaction has committed, which may have been rolled back in part: if nobody asked it
   * before, the database has to be asked.
   */
  public synchronized void outerCommitted() {
    if (committing) {
      committed();
    } else if (!told) {
      told = true;
      node.inDoubt(numbers);
    }
  }

  /** The transaction has been rolled back, or its commit has failed. */
  public synchronized void rolledBack() {
    if (!told) {
      told = true;
      if (committing) {
        node.inDoubt(numbers);
      } else {
        node.rolledBack(numbers);
      }
    }
  }
}
