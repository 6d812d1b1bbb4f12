package dev.bulla.engine.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.engine.record.OverflowRow;
import dev.bulla.engine.record.Recorder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;

/**
 * Where envelopes are kept that do not fit their column.
 *
 * <p>A row here belongs to one row elsewhere and is named for it. It is written, recorded and
 * deleted on the connection and in the transaction of that row.
 */
final class Overflow {

  /** The engine's columns are VARCHAR(4000). */
  static final int COLUMN = 4000;

  private static final String REFERENCE = "bulla:overflow:";

  private final String table;
  private final Recorder recorder;

  /**
   * Whether there may be rows: as long as not, deletes need not look for them. Null: unknown. Rows
   * of other nodes are met when the row that they belong to is read, before it is updated.
   */
  private volatile Boolean used;

  /**
   * For the tables of one engine.
   *
   * @param prefix that the engine puts before its tables, schema included
   * @param recorder is told of what is written and deleted; null for nobody
   */
  Overflow(String prefix, Recorder recorder) {
    this.table = prefix + "BULLA_OVERFLOW";
    this.recorder = recorder;
  }

  static boolean isReference(String text) {
    return text.startsWith(REFERENCE);
  }

  static String id(String table, String row) {
    return OverflowRow.id(table, row);
  }

  /**
   * What stands in the column instead of the envelope. It pins the envelope whole, by its SHA-256,
   * so that another one is refused at the read.
   */
  static String reference(String id, String envelope) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(envelope.getBytes(US_ASCII));
      return REFERENCE + id + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Keeps the envelope of a row.
   *
   * @param owner whose row it belongs to
   * @param row the id there
   * @param parameter the object that the row's own statement was given
   * @param fresh whether the row is new, so that it has no envelope here yet
   */
  void put(
      Connection connection,
      String owner,
      String row,
      Object parameter,
      String envelope,
      boolean fresh)
      throws SQLException {
    used = true;
    String id = id(owner, row);
    boolean replaces =
        !fresh
            && write(
                connection, "update " + table + " set ENVELOPE_ = ? where ID_ = ?", envelope, id);
    if (!replaces) {
      write(connection, "insert into " + table + " (ENVELOPE_, ID_) values (?, ?)", envelope, id);
    }
    if (recorder != null) {
      recorder.kept(owner, row, parameter, envelope, replaces);
    }
  }

  private static boolean write(Connection connection, String sql, String envelope, String id)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, envelope);
      statement.setString(2, id);
      return statement.executeUpdate() > 0;
    }
  }

  /**
   * Forgets the envelope of a row, if there is one.
   *
   * @param owner whose row it belongs to
   * @param row the id there
   * @param parameter the object that the row's own statement was given; null for a bulk statement
   */
  void remove(Connection connection, String owner, String row, Object parameter)
      throws SQLException {
    if (!isUsed(connection)) {
      return;
    }
    int removed;
    try (PreparedStatement delete =
        connection.prepareStatement("delete from " + table + " where ID_ = ?")) {
      delete.setString(1, id(owner, row));
      removed = delete.executeUpdate();
    }
    if (removed > 0 && recorder != null) {
      recorder.dropped(owner, row, parameter);
    }
  }

  /** Whether there is an envelope under this id. */
  boolean isKept(Connection connection, String id) throws SQLException {
    return isUsed(connection) && find(connection, id) != null;
  }

  /** Rows are deleted that were not read: other nodes may have made the first overflow. */
  void lookAgain() {
    if (Boolean.FALSE.equals(used)) {
      used = null;
    }
  }

  private boolean isUsed(Connection connection) throws SQLException {
    if (used == null) {
      try (PreparedStatement select = connection.prepareStatement("select ID_ from " + table)) {
        select.setMaxRows(1);
        try (ResultSet rows = select.executeQuery()) {
          used = rows.next();
        }
      }
    }
    return used;
  }

  /** The envelope that a reference stands for. */
  String resolve(Connection connection, String id, String reference) throws SQLException {
    String envelope = find(connection, id);
    if (envelope == null || !reference.equals(reference(id, envelope))) {
      throw new BullaException(
          Kind.AUTHENTICATION_FAILED,
          table
              + (envelope == null ? " has no row " : " has another envelope in row ")
              + id
              + " than "
              + reference
              + " refers to; restore it, or run an audit to see who changed it");
    }
    return envelope;
  }

  /** The envelope kept under this id, or null. */
  String find(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select ENVELOPE_ from " + table + " where ID_ = ?")) {
      select.setString(1, id);
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return null;
        }
        used = true;
        return rows.getString(1);
      }
    }
  }
}
