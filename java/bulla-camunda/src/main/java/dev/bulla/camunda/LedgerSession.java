package dev.bulla.camunda;

import dev.bulla.engine.node.Node;
import dev.bulla.engine.node.Receipt;
import dev.bulla.engine.record.Capture;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.impl.cfg.TransactionContext;
import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.cfg.standalone.StandaloneTransactionContext;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.interceptor.Session;

/**
 * The session that writes a command's record. It is opened before all others and therefore flushed
 * after them: when everything that the command writes has reached the database, in its transaction,
 * and before that transaction can commit.
 */
final class LedgerSession implements Session {

  private final Node node;
  private final CommandContext command;
  private final DataSource source;
  private final Capture capture = new Capture();
  private final List<Receipt> receipts = new ArrayList<>(1);
  private boolean listening;

  LedgerSession(Node node, CommandContext command, DataSource source) {
    this.node = node;
    this.command = command;
    this.source = source;
  }

  Capture capture() {
    return capture;
  }

  @Override
  public void flush() {
    if (!listening) {
      listening = true;
      // Listeners before the commit may write as well.
      command
          .getTransactionContext()
          .addTransactionListener(TransactionState.COMMITTING, context -> committing());
    }
    record();
  }

  @Override
  public void close() {
    capture.clear();
  }

  private void committing() {
    record();
    if (ownsTransaction()) {
      receipts.forEach(Receipt::committing);
    } else if (!receipts.isEmpty()) {
      askTransaction();
    }
  }

  /** The command's own session is closed by now: the data source knows the transaction. */
  private void askTransaction() {
    try (Connection connection = source.getConnection()) {
      for (Receipt receipt : receipts) {
        receipt.committing(connection);
      }
    } catch (SQLException e) {
      throw new ProcessEngineException(
          "it cannot be seen whether the ledger record is in the transaction, so it fails: "
              + e.getMessage(),
          e);
    }
  }

  private void record() {
    if (capture.isEmpty()) {
      return;
    }
    Receipt receipt = write();
    if (receipt != null) {
      receipts.add(receipt);
      follow(receipt, command.getTransactionContext());
    }
  }

  private Receipt write() {
    Connection connection = command.getDbSqlSession().getSqlSession().getConnection();
    try {
      return node.write(connection, command.getAuthenticatedUserId(), capture);
    } catch (SQLException e) {
      throw new ProcessEngineException(
          "the ledger record cannot be written, so the transaction fails: " + e.getMessage(), e);
    }
  }

  /**
   * What becomes of the transaction decides what becomes of the record. A standalone engine also
   * reports a rollback when a commit failed, or when a listener failed after it: once the commit
   * has begun, only COMMITTED is believed. An outer transaction also reports a commit of what was
   * rolled back to a savepoint.
   */
  private void follow(Receipt receipt, TransactionContext transaction) {
    boolean own = ownsTransaction();
    transaction.addTransactionListener(
        TransactionState.COMMITTED,
        context -> {
          if (own) {
            receipt.committed();
          } else {
            receipt.outerCommitted();
          }
        });
    transaction.addTransactionListener(
        TransactionState.ROLLED_BACK, context -> receipt.rolledBack());
  }

  /** Whether the transaction is the command's, and not one around it. */
  private boolean ownsTransaction() {
    return command.getTransactionContext() instanceof StandaloneTransactionContext;
  }
}
