package dev.bulla.engine.record;

import java.util.List;

/** The text by which records name a row: its key, or a JSON array when the key has parts. */
final class RowId {

  private RowId() {}

  static String of(List<?> key) {
    if (key.size() == 1) {
      return String.valueOf(key.get(0));
    }
    StringBuilder json = new StringBuilder("[");
    for (Object part : key) {
      if (json.length() > 1) {
        json.append(',');
      }
      quote(json, String.valueOf(part));
    }
    return json.append(']').toString();
  }

  /** RFC 8785 §3.2.2.2: the short escapes where there are, \\u00xx for other control characters. */
  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < 0x20) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
