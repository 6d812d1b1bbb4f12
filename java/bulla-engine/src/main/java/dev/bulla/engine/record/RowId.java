package dev.bulla.engine.record;

import dev.bulla.engine.json.CanonicalJson;
import java.util.List;
import java.util.stream.Collectors;

/** The text by which records name a row: its key, or a JSON array when the key has parts. */
final class RowId {

  private RowId() {}

  static String of(List<?> key) {
    return key.size() == 1
        ? String.valueOf(key.get(0))
        : key.stream()
            .map(part -> CanonicalJson.quoted(String.valueOf(part)))
            .collect(Collectors.joining(",", "[", "]"));
  }
}
