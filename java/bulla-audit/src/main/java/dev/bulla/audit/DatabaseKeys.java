package dev.bulla.audit;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.KeyRegistry;
import dev.bulla.KeyRow;
import dev.bulla.Purpose;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An engine's key registry, only to be read. */
final class DatabaseKeys implements KeyRegistry {
  private final Connection connection;
  private final String table;

  DatabaseKeys(Connection connection, String table) {
    this.connection = connection;
    this.table = table;
  }

  @Override
  public Optional<String> row(String kid) {
    return select("KID_", kid).stream().findFirst();
  }

  @Override
  public List<String> rows(Purpose purpose) {
    return select("PURPOSE_", purpose.text());
  }

  @Override
  public boolean add(KeyRow row) {
    throw new BullaException(
        Kind.KEY_UNAVAILABLE,
        "%s has no %s key; there is nothing to disclose before an engine has run with this database"
            .formatted(table, row.purpose().text()));
  }

  private List<String> select(String column, String value) {
    String sql = "SELECT ROW_ FROM " + table + " WHERE " + column + " = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, value);
      List<String> rows = new ArrayList<>();
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          rows.add(found.getString(1));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new BullaException(
          Kind.IO,
          "the key registry cannot be read: %s; see --schema and --table-prefix"
              .formatted(e.getMessage()));
    }
  }
}
