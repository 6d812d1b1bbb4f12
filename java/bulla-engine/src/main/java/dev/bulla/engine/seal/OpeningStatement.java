package dev.bulla.engine.seal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A statement whose results are open. */
final class OpeningStatement extends ForwardingStatement {

  private final Sealing sealing;
  private final SealedTable table;
  private final String boundId;

  /**
   * Opens the rows of one table.
   *
   * @param statement that is executed
   * @param sealing what all share
   * @param table of the rows
   * @param boundId the id that the query asks for, or null
   */
  OpeningStatement(
      PreparedStatement statement, Sealing sealing, SealedTable table, String boundId) {
    super(statement);
    this.sealing = sealing;
    this.table = table;
    this.boundId = boundId;
  }

  @Override
  public ResultSet getResultSet() throws SQLException {
    return open(statement.getResultSet());
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    return open(statement.executeQuery());
  }

  private ResultSet open(ResultSet rows) throws SQLException {
    if (rows == null) {
      return null;
    }
    Labels labels = Labels.of(rows.getMetaData());
    boolean sealed =
        table.values() != null
            ? labels.has(table.values().type()) && labels.has(SealedTable.TEXT)
            : table.texts().stream().anyMatch(labels::has)
                || table.numbers().stream().anyMatch(labels::has)
                || table.bytes().stream().anyMatch(part -> labels.has(part.column()));
    return sealed
        ? new OpeningResultSet(
            rows, table, labels, new RowOpener(sealing, table, rows, labels, boundId))
        : rows;
  }
}
