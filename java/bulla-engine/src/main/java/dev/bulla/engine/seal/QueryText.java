package dev.bulla.engine.seal;

import java.util.regex.Pattern;

/**
 * What of a query's text has to be said otherwise where values are sealed. The columns that it is
 * about have their names in tables of variables alone.
 */
final class QueryText {

  /** The engine finds null by its columns: that of the envelope holds the sealed null. */
  private static final Pattern NULL =
      Pattern.compile("\\b((?:\\w+\\.)?TEXT2_)\\s+IS\\s+NULL\\b", Pattern.CASE_INSENSITIVE);

  private static final String SEALED_NULL = "($1 is null or $1 like '" + Tags.NULL + "%')";

  /** Types in any case, of variables that the query does not name: plain and sealed ones. */
  private static final Pattern TYPE =
      Pattern.compile(
          "\\blower\\s*\\(\\s*((?:\\w+\\.)?VAR_TYPE_)\\s*\\)(?=\\s*(?:not\\s+)?in\\b)",
          Pattern.CASE_INSENSITIVE);

  private static final String OWN_TYPE =
      "lower(replace($1, '" + SealedTable.TYPE_PREFIX + "', ''))";

  private QueryText() {}

  /** The text in which a sealed null is one, and types are compared under their own names. */
  static String of(String sql) {
    String text = sql.contains(SealedTable.TEXT2) ? NULL.matcher(sql).replaceAll(SEALED_NULL) : sql;
    return sql.contains("VAR_TYPE_") ? TYPE.matcher(text).replaceAll(OWN_TYPE) : text;
  }

  /** Whether a comparison with this expression is one of types that {@link #of} rewords. */
  static boolean isOwnType(String expression, String operator) {
    return operator.endsWith("IN") && TYPE.matcher(expression + " in").lookingAt();
  }
}
