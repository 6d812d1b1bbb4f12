package dev.bulla.suite;

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

/** The key registry of a database, only to be read. */
record DatabaseKeys(Connection connection) implements KeyRegistry {

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
    throw new IllegalStateException("the database has no key for " + row.purpose());
  }

  private List<String> select(String column, String value) {
    try (PreparedStatement statement =
        connection.prepareStatement("select ROW_ from BULLA_KEY where " + column + " = ?")) {
      statement.setString(1, value);
      List<String> rows = new ArrayList<>();
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          rows.add(found.getString(1));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
