package dev.bulla.engine.node;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.KeyRegistry;
import dev.bulla.KeyRow;
import dev.bulla.Ledger;
import dev.bulla.Purpose;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key registry in the engine's database, copied to the anchors. A row is committed on a
 * connection of its own before the key is used. Where the database lost or changed a row that the
 * anchors have, theirs is taken.
 */
final class JdbcKeyRegistry implements KeyRegistry {

  /** What a row says of itself; whether it is true, its signature says to whoever uses it. */
  private static final Pattern SAYS = Pattern.compile("\"(kid|purpose)\":\"([A-Za-z0-9_-]+)\"");

  private final Database database;
  private final List<DirectoryAnchor> anchors;

  /** Rows that were made before there was a ledger to announce them. */
  private final List<String> unannounced = new ArrayList<>();

  private Ledger ledger;

  JdbcKeyRegistry(Database database, List<DirectoryAnchor> anchors) {
    this.database = database;
    this.anchors = anchors;
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
    List<String> anchored = anchored("kid", kid);
    boolean changed = !anchored.isEmpty() && !anchored.contains(text);
    return changed ? Optional.of(anchored.get(0)) : Optional.ofNullable(text);
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
      announce(row.text());
    }
    return added;
  }

  @Override
  public List<String> rows(Purpose purpose) {
    List<String> stored =
        database.transaction(
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
    Set<String> all = new LinkedHashSet<>(stored);
    all.addAll(anchored("purpose", purpose.text()));
    return List.copyOf(all);
  }

  /** From now on the ledger sends new rows to the anchors, with those that were made before it. */
  synchronized void announceTo(Ledger begun) {
    ledger = begun;
    unannounced.forEach(ledger::keyRegistered);
    unannounced.clear();
  }

  private synchronized void announce(String row) {
    for (DirectoryAnchor anchor : anchors) {
      try {
        anchor.addKey(row);
      } catch (IOException e) {
        throw new BullaException(
            Kind.IO, "a key could not be copied to the anchor " + anchor.directory(), e);
      }
    }
    if (ledger == null) {
      unannounced.add(row);
    } else {
      ledger.keyRegistered(row);
    }
  }

  private List<String> anchored(String member, String value) {
    List<String> found = new ArrayList<>();
    for (DirectoryAnchor anchor : anchors) {
      try {
        for (String row : anchor.keys()) {
          if (value.equals(said(row, member))) {
            found.add(row);
          }
        }
      } catch (IOException e) {
        throw new BullaException(
            Kind.IO, "the keys in the anchor " + anchor.directory() + " cannot be read", e);
      }
    }
    return found;
  }

  private static String said(String row, String member) {
    String[] parts = row.split("\\.", -1);
    if (parts.length != 3) {
      return null;
    }
    String payload;
    try {
      payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
    Matcher matcher = SAYS.matcher(payload);
    while (matcher.find()) {
      if (matcher.group(1).equals(member)) {
        return matcher.group(2);
      }
    }
    return null;
  }

  private static boolean isDuplicate(SQLException e) {
    return e instanceof SQLIntegrityConstraintViolationException
        || (e.getSQLState() != null && e.getSQLState().startsWith("23"));
  }
}
