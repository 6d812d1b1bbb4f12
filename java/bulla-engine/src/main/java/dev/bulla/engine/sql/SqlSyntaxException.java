package dev.bulla.engine.sql;

/** The reader stops here; {@link SqlReader} turns it into {@link Statement.NotUnderstood}. */
final class SqlSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SqlSyntaxException(String message) {
    super(message, null, false, false);
  }
}
