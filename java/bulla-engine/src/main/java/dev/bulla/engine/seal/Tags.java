package dev.bulla.engine.seal;

import dev.bulla.Bulla;
import dev.bulla.Tag;
import java.util.Locale;

/**
 * Search tags as queries need them.
 *
 * <p>The engine's queries name variables in any case and mostly no tenant, so a tag is made over
 * the name in upper case and no tenant.
 */
final class Tags {

  private static final String START = "bulla:tag:";

  private final Bulla bulla;

  Tags(Bulla bulla) {
    this.bulla = bulla;
  }

  String text(String name, String type, String value) {
    return tag(name, type, value).text();
  }

  Long number(String name, String type, Long value) {
    return tag(name, type, value).number();
  }

  Double real(String name, String type, Double value) {
    // 0.0 and -0.0 are equal in SQL
    return tag(name, type, value == 0.0 ? Double.valueOf(0.0) : value).real();
  }

  /** A message is found by its whole text; the tag stands in its column alone. */
  String message(String column, String value) {
    return text(column, "message", value);
  }

  /** Says nothing of equal numbers in other rows. */
  Double ofRow(String column, String row, Double value) {
    return real(column + ":" + row, "number", value);
  }

  static boolean isMessage(String text) {
    return text.startsWith(START);
  }

  private Tag tag(String name, String type, Object value) {
    return bulla.tag(null, name.toUpperCase(Locale.ROOT), type, value);
  }
}
