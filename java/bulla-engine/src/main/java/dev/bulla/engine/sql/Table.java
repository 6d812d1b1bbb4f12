package dev.bulla.engine.sql;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table as a statement names it.
 *
 * @param name upper case, without quotes, schema and the engine's table prefix: {@code
 *     ACT_RU_VARIABLE}
 * @param written as it stands in the SQL text, with schema, prefix and quotes
 * @param alias upper case; the table's own name where the statement gives no other
 */
public record Table(String name, String written, String alias) {

  /** The last match counts: a prefix may itself end in ACT_. */
  private static final Pattern PREFIXED = Pattern.compile(".*(ACT_(?:GE|HI|ID|RE|RU)_.*)");

  static Table of(String written, String alias) {
    String plain = unquoted(written.substring(written.lastIndexOf('.') + 1));
    String name = withoutPrefix(plain);
    return new Table(name, written, alias == null ? plain : unquoted(alias));
  }

  /**
   * A table's own name, without the prefix that an engine may be configured to put before it.
   *
   * @param table a table name, any case
   * @return the name in upper case; what is no table of the engine stays as it is
   */
  public static String withoutPrefix(String table) {
    String upper = table.toUpperCase(Locale.ROOT);
    Matcher matcher = PREFIXED.matcher(upper);
    return matcher.matches() ? matcher.group(1) : upper;
  }

  static String unquoted(String identifier) {
    String plain = identifier;
    if (plain.length() > 1 && "\"`[".indexOf(plain.charAt(0)) >= 0) {
      plain = plain.substring(1, plain.length() - 1);
    }
    return plain.toUpperCase(Locale.ROOT);
  }
}
