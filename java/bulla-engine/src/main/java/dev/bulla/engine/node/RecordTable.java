package dev.bulla.engine.node;

import dev.bulla.Batch;
import dev.bulla.SignedRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables of records and checkpoints of one log. */
final class RecordTable {

  private final Database database;
  private final String log;

  RecordTable(Database database, String log) {
    this.database = database;
    this.log = log;
  }

  /** A checkpoint as it is stored, with the number of its account. */
  record Checkpoint(long size, long account, String note, String frontier) {}

  /** The log's name. */
  String log() {
    return log;
  }

  /** Adds records in the transaction of a connection. */
  void insert(Connection connection, List<SignedRecord> rows) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into "
                + database.table("BULLA_RECORD")
                + " (LOG_, SEQ_, RECORD_, SIGNATURE_) values (?, ?, ?, ?)")) {
      for (SignedRecord row : rows) {
        insert.setString(1, log);
        insert.setLong(2, row.seq());
        insert.setString(3, row.record());
        insert.setString(4, row.signature());
        insert.executeUpdate();
      }
    }
  }

  /** Adds a record that must be durable now. */
  void store(SignedRecord row) {
    database.transaction(
        "storing record " + row.seq(),
        connection -> {
          insert(connection, List.of(row));
          return null;
        });
  }

  /** Adds a checkpoint and its account; doing so again does nothing. */
  void store(Batch batch) {
    database.transaction(
        "storing the checkpoint of size " + batch.size(),
        connection -> {
          if (has(connection, "BULLA_CHECKPOINT", "SIZE_", batch.size())) {
            return null;
          }
          // A checkpoint may be gone and its account not: what is there is for the audit to judge.
          if (!has(connection, "BULLA_RECORD", "SEQ_", batch.account().seq())) {
            insert(connection, List.of(batch.account()));
          }
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert into "
                      + database.table("BULLA_CHECKPOINT")
                      + " (LOG_, SIZE_, SEQ_, NOTE_, FRONTIER_) values (?, ?, ?, ?, ?)")) {
            insert.setString(1, log);
            insert.setLong(2, batch.size());
            insert.setLong(3, batch.account().seq());
            insert.setString(4, batch.note());
            insert.setString(5, batch.frontier());
            insert.executeUpdate();
          }
          return null;
        });
  }

  /** The newest checkpoint, or null before the first. */
  Checkpoint newestCheckpoint() {
    return database.transaction(
        "reading the newest checkpoint",
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select SIZE_, SEQ_, NOTE_, FRONTIER_ from "
                      + database.table("BULLA_CHECKPOINT")
                      + " where LOG_ = ? order by SIZE_ desc")) {
            select.setMaxRows(1);
            select.setString(1, log);
            try (ResultSet results = select.executeQuery()) {
              return results.next()
                  ? new Checkpoint(
                      results.getLong(1),
                      results.getLong(2),
                      results.getString(3),
                      results.getString(4))
                  : null;
            }
          }
        });
  }

  /** The records with these numbers and those with higher ones, as far as they are there. */
  List<SignedRecord> find(List<Long> numbers, long above) {
    return database.transaction(
        "reading records of " + log,
        connection -> {
          List<SignedRecord> found = new ArrayList<>();
          for (long number : numbers) {
            if (number <= above) {
              read(connection, "SEQ_ = ?", number, found);
            }
          }
          read(connection, "SEQ_ > ? order by SEQ_", above, found);
          return found;
        });
  }

  private void read(Connection connection, String condition, long number, List<SignedRecord> found)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select SEQ_, RECORD_, SIGNATURE_ from "
                + database.table("BULLA_RECORD")
                + " where LOG_ = ? and "
                + condition)) {
      select.setString(1, log);
      select.setLong(2, number);
      try (ResultSet results = select.executeQuery()) {
        while (results.next()) {
          found.add(
              new SignedRecord(results.getLong(1), results.getString(2), results.getString(3)));
        }
      }
    }
  }

  /**
   * Whether the transaction that wrote a record has committed, beyond doubt: as long as it is open,
   * its number is taken, and another row with that number has to wait.
   *
   * @return null when the transaction is still open
   */
  Boolean committed(long seq) {
    return database.transaction(
        "asking for record " + seq,
        connection -> {
          if (has(connection, "BULLA_RECORD", "SEQ_", seq)) {
            return true;
          }
          try {
            insert(connection, List.of(new SignedRecord(seq, "{}", "")));
            connection.rollback();
            return false;
          } catch (SQLException taken) {
            connection.rollback();
            return has(connection, "BULLA_RECORD", "SEQ_", seq) ? true : null;
          }
        });
  }

  /** Whether a transaction sees all of these records. */
  boolean holds(Connection connection, List<Long> numbers) throws SQLException {
    for (long number : numbers) {
      if (!has(connection, "BULLA_RECORD", "SEQ_", number)) {
        return false;
      }
    }
    return true;
  }

  private boolean has(Connection connection, String table, String column, long number)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select 1 from " + database.table(table) + " where LOG_ = ? and " + column + " = ?")) {
      select.setString(1, log);
      select.setLong(2, number);
      try (ResultSet results = select.executeQuery()) {
        return results.next();
      }
    }
  }
}
