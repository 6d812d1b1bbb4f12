package dev.bulla.engine.sql;

import java.util.Locale;

/**
 * A table as a statement names it.
 *
 * @param name upper case, without quotes, schema and the engine's table prefix: {@code
 *     ACT_RU_VARIABLE}
 * @param written as it stands in the SQL text, with schema, prefix and quotes
 * @param alias upper case; the table's own name where the statement gives no other
 */
public record Table(String name, String written, String alias) {

  static Table of(String written, String alias) {
    String plain = unquoted(written.substring(written.lastIndexOf('.') + 1));
    String name = withoutPrefix(plain);
    return new Table(name, written, alias == null ? plain : unquoted(alias));
  }

  /**
   * The engine's tables begin with ACT_; a configured prefix stands before that.
   *
   * @param table a table name, any case
   * @return the name in upper case without what stands before {@code ACT_}
   */
  public static String withoutPrefix(String table) {
    String upper = table.toUpperCase(Locale.ROOT);
    int at = upper.indexOf("ACT_");
    return at > 0 ? upper.substring(at) : upper;
  }

  static String unquoted(String identifier) {
    String plain = identifier;
    if (plain.length() > 1 && "\"`[".indexOf(plain.charAt(0)) >= 0) {
      plain = plain.substring(1, plain.length() - 1);
    }
    return plain.toUpperCase(Locale.ROOT);
  }
}
