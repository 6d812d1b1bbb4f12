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

  /** Stands before the envelope of a null value, which queries find by it. */
  static final String NULL = "bulla:null:";

  /** What the columns beside an envelope hold: null where they hold nothing. */
  record Columns(String text, Long number, Double real) {

    static final Columns NONE = new Columns(null, null, null);

    boolean isEmpty() {
      return text == null && number == null && real == null;
    }
  }

  private static final String START = "bulla:tag:";

  private final Bulla bulla;

  Tags(Bulla bulla) {
    this.bulla = bulla;
  }

  /** The tags of a variable's value. A text is found by its tag unless a number stands for it. */
  Columns columns(
      String name, String type, String text, Long number, Double real, String byteArray) {
    boolean byText = text != null && number == null && real == null && byteArray == null;
    return new Columns(
        byText ? text(name, type, text) : null,
        number == null ? null : number(name, type, number),
        real == null ? null : real(name, type, real));
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

  static boolean isNull(String text) {
    return text.startsWith(NULL);
  }

  private Tag tag(String name, String type, Object value) {
    return bulla.tag(null, name.toUpperCase(Locale.ROOT), type, value);
  }
}
