package dev.bulla.engine.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
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
 * <p>A row here belongs to one row elsewhere and is named for it. It is written and deleted on the
 * connection and in the transaction of that row.
 */
final class Overflow {

  /** The engine's columns are VARCHAR(4000). */
  static final int COLUMN = 4000;

  private static final String REFERENCE = "bulla:overflow:";

  private final String table;

  /**
   * Whether there may be rows: as long as not, deletes need not look for them. Null: unknown. Rows
   * of other nodes are met when the row that they belong to is read, before it is updated.
   */
  private volatile Boolean used;

  /**
   * For the tables of one engine.
   *
   * @param prefix that the engine puts before its tables, schema included
   */
  Overflow(String prefix) {
    this.table = prefix + "BULLA_OVERFLOW";
  }

  static boolean isReference(String text) {
    return text.startsWith(REFERENCE);
  }

  static String id(String table, String row) {
    return table + ":" + row;
  }

  /**
   * What stands in the column instead of the envelope. The ledger commits to it, so it pins the
   * envelope whole: by its SHA-256.
   */
  static String reference(String id, String envelope) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(envelope.getBytes(US_ASCII));
      return REFERENCE + id + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Keeps an envelope, in the place of any earlier one of the same row. */
  void put(Connection connection, String id, String envelope) throws SQLException {
    used = true;
    remove(connection, id);
    try (PreparedStatement insert =
        connection.prepareStatement("insert into " + table + " (ID_, ENVELOPE_) values (?, ?)")) {
      insert.setString(1, id);
      insert.setString(2, envelope);
      insert.executeUpdate();
    }
  }

  /** Forgets the envelope of a row, if there is one. */
  void remove(Connection connection, String id) throws SQLException {
    if (!isUsed(connection)) {
      return;
    }
    try (PreparedStatement delete =
        connection.prepareStatement("delete from " + table + " where ID_ = ?")) {
      delete.setString(1, id);
      delete.executeUpdate();
    }
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
