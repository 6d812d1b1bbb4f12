package dev.bulla.engine.node;

import java.util.Locale;

/** What an engine does about its tables when it starts and ends. */
public enum SchemaSetting {
  /** Tables must be there. */
  CHECK,
  /** Missing tables are created. */
  UPDATE,
  /** Tables are created and must not be there. */
  CREATE,
  /** Tables are created, and dropped when the engine is closed. */
  CREATE_DROP,
  /** Tables are dropped, where there are any, and created. */
  DROP_CREATE;

  /** The setting by the engine's word for it; null and {@code false} mean to check only. */
  public static SchemaSetting of(String word) {
    if (word == null) {
      return CHECK;
    }
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "true" -> UPDATE;
      case "create" -> CREATE;
      case "create-drop" -> CREATE_DROP;
      case "drop-create" -> DROP_CREATE;
      default -> CHECK;
    };
  }
}
