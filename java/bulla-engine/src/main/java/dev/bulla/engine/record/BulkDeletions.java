package dev.bulla.engine.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Is told which rows a bulk statement deleted, so that what belongs to them can go as well. */
public interface BulkDeletions {

  /**
   * Rows were deleted.
   *
   * @param connection of the transaction that deleted them
   * @param table in upper case, without prefix
   * @param ids the rows, as records name them
   */
  void deleted(Connection connection, String table, List<String> ids) throws SQLException;
}
