package dev.bulla;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A key registry that forgets with its process. */
class MemoryKeyRegistry implements KeyRegistry {
  final Map<String, KeyRow> rows = new ConcurrentHashMap<>();

  @Override
  public Optional<String> row(String kid) {
    return Optional.ofNullable(rows.get(kid)).map(KeyRow::text);
  }

  @Override
  public synchronized boolean add(KeyRow row) {
    if (row.purpose().isSingle() && !rows(row.purpose()).isEmpty()) {
      return false;
    }
    rows.put(row.kid(), row);
    return true;
  }

  @Override
  public List<String> rows(Purpose purpose) {
    return rows.values().stream()
        .filter(row -> row.purpose() == purpose)
        .map(KeyRow::text)
        .toList();
  }
}
