package dev.bulla.engine.script;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.engine.json.CanonicalJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;

/** Values of scripts as JSON. */
final class JsonText {

  /** As deep as the native library reads. */
  private static final int DEPTH = 128;

  /** No double has more; the engine's reader of JSON takes a few more. */
  private static final int DIGITS = 767;

  /** Spin's nodes write themselves as JSON; Spin need not be there. */
  private static final String SPIN = "org.camunda.spin.json.SpinJsonNode";

  private final StringBuilder json = new StringBuilder();

  private JsonText() {}

  /**
   * The JSON text of a map, a collection, a number, a boolean, a text, null, or a node of Spin's.
   *
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} if it is, or holds, anything else; {@link
   *     Kind#TOO_DEEP}
   */
  static String of(Object value) {
    JsonText text = new JsonText();
    text.write(value, 0);
    return text.json.toString();
  }

  private static boolean isSpin(Object value) {
    for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals(SPIN)) {
        return true;
      }
    }
    return false;
  }

  private void write(Object value, int depth) {
    if (value == null || value instanceof Boolean) {
      json.append(value);
    } else if (value instanceof CharSequence text) {
      json.append(CanonicalJson.quoted(text.toString()));
    } else if (value instanceof Number number) {
      json.append(number(number));
    } else if (value instanceof Map<?, ?> map) {
      object(map, entered(depth));
    } else if (value instanceof Collection<?> list) {
      array(list, entered(depth));
    } else if (isSpin(value)) {
      json.append(value);
    } else {
      throw refused(value);
    }
  }

  private static int entered(int depth) {
    if (depth == DEPTH) {
      throw new BullaException(
          Kind.TOO_DEEP, "the value is nested deeper than " + DEPTH + " levels, or holds itself");
    }
    return depth + 1;
  }

  private void object(Map<?, ?> map, int depth) {
    char separator = '{';
    for (Map.Entry<?, ?> member : map.entrySet()) {
      if (!(member.getKey() instanceof CharSequence name)) {
        throw new BullaException(
            Kind.INVALID_ARGUMENT,
            "a map is sealed as a JSON object, whose names are texts; %s is none"
                .formatted(type(member.getKey())));
      }
      json.append(separator).append(CanonicalJson.quoted(name.toString())).append(':');
      write(member.getValue(), depth);
      separator = ',';
    }
    json.append(separator == '{' ? "{}" : "}");
  }

  private void array(Collection<?> list, int depth) {
    char separator = '[';
    for (Object element : list) {
      json.append(separator);
      write(element, depth);
      separator = ',';
    }
    json.append(separator == '[' ? "[]" : "]");
  }

  private static String number(Number number) {
    if (number instanceof Double || number instanceof Float) {
      if (Double.isFinite(number.doubleValue())) {
        return number.toString();
      }
      throw new BullaException(Kind.INVALID_ARGUMENT, number + " is no number of JSON");
    }
    if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte) {
      return number.toString();
    }
    if (number instanceof BigInteger whole) {
      return readable(new BigDecimal(whole));
    }
    if (number instanceof BigDecimal decimal) {
      return readable(decimal);
    }
    throw refused(number);
  }

  /** What nothing could read again is not sealed: {@link JsonReader#read} has the same range. */
  private static String readable(BigDecimal number) {
    double near = number.doubleValue();
    if (Double.isInfinite(near) || (near == 0 && number.signum() != 0)) {
      throw new BullaException(Kind.INVALID_ARGUMENT, "a number is beyond what JSON can state");
    }
    if (number.precision() > DIGITS) {
      throw new BullaException(
          Kind.INVALID_ARGUMENT, "a number has more than " + DIGITS + " digits; round it");
    }
    return number.toString();
  }

  static BullaException refused(Object value) {
    return new BullaException(
        Kind.INVALID_ARGUMENT,
        ("a value of %s has no form that would be the same everywhere; give a text, bytes, a"
                + " number, a boolean, or JSON: a map, a list, a node of Spin's")
            .formatted(type(value)));
  }

  private static String type(Object value) {
    return value == null ? "null" : value.getClass().getName();
  }
}
