package dev.bulla.engine.sql;

/** The reader stops here; {@link SqlReader} turns it into {@link Statement.NotUnderstood}. */
final class SqlSyntaxException extends RuntimeException {

  SqlSyntaxException(String message) {
    super(message, null, false, false);
  }
}
