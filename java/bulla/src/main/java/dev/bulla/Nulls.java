package dev.bulla;

import java.util.List;
import java.util.Objects;

/** Refuses null in lists. */
final class Nulls {
  private Nulls() {}

  /** Throws with the parameter's name if {@code list} or something in it is null. */
  static <T> List<T> refuse(List<T> list, String name) {
    for (Object each : Objects.requireNonNull(list, name)) {
      Objects.requireNonNull(each, name);
    }
    return list;
  }
}
