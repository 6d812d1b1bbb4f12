package dev.bulla.engine.node;

import dev.bulla.KeyRegistry;
import dev.bulla.KeyRow;
import dev.bulla.Purpose;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The key registry in the engine's database. A row is committed on a connection of its own before
 * the key is used, and waits here until it has been copied to the anchors. What the anchors have
 * and the database lost is still found.
 */
final class JdbcKeyRegistry implements KeyRegistry {

  private final Database database;
  private final Map<String, String> anchored = new LinkedHashMap<>();
  private final Queue<String> unanchored = new ConcurrentLinkedQueue<>();

  JdbcKeyRegistry(Database database) {
    this.database = database;
  }

  @Override
  public Optional<String> row(String kid) {
    String text =
        database.transaction(
            "reading key " + kid,
            connection -> {
              try (PreparedStatement select =
                  connection.prepareStatement(
                      "select ROW_ from " + database.table("BULLA_KEY") + " where KID_ = ?")) {
                select.setString(1, kid);
                try (ResultSet results = select.executeQuery()) {
                  return results.next() ? results.getString(1) : null;
                }
              }
            });
    return Optional.ofNullable(text == null ? anchored.get(kid) : text);
  }

  @Override
  public boolean add(KeyRow row) {
    boolean added =
        database.transaction(
            "storing key " + row.kid(),
            connection -> {
              try (PreparedStatement insert =
                  connection.prepareStatement(
                      "insert into "
                          + database.table("BULLA_KEY")
                          + " (KID_, PURPOSE_, SINGLE_, ROW_) values (?, ?, ?, ?)")) {
                insert.setString(1, row.kid());
                insert.setString(2, row.purpose().text());
                insert.setString(3, row.purpose().isSingle() ? row.purpose().text() : null);
                insert.setString(4, row.text());
                insert.executeUpdate();
                return true;
              } catch (SQLException e) {
                if (row.purpose().isSingle() && isDuplicate(e)) {
                  connection.rollback();
                  return false;
                }
                throw e;
              }
            });
    if (added) {
      unanchored.add(row.text());
    }
    return added;
  }

  @Override
  public List<String> rows(Purpose purpose) {
    return database.transaction(
        "reading the " + purpose.text() + " keys",
        connection -> {
          List<String> rows = new ArrayList<>();
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select ROW_ from " + database.table("BULLA_KEY") + " where PURPOSE_ = ?")) {
            select.setString(1, purpose.text());
            try (ResultSet results = select.executeQuery()) {
              while (results.next()) {
                rows.add(results.getString(1));
              }
            }
          }
          return rows;
        });
  }

  /** The rows that the anchors do not have yet; they count as anchored when taken. */
  List<String> takeUnanchored() {
    List<String> rows = new ArrayList<>();
    for (String row = unanchored.poll(); row != null; row = unanchored.poll()) {
      rows.add(row);
    }
    return rows;
  }

  private static boolean isDuplicate(SQLException e) {
    return e instanceof SQLIntegrityConstraintViolationException
        || e.getSQLState() != null && e.getSQLState().startsWith("23");
  }
}
