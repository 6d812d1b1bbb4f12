package dev.bulla;

import java.util.Objects;

/**
 * A row of the key registry: a wrapped key, signed.
 *
 * @param kid the key's id
 * @param purpose what the key is for
 * @param text the signed row, ASCII
 */
public record KeyRow(String kid, Purpose purpose, String text) {
  /** Requires all three. */
  public KeyRow {
    Objects.requireNonNull(kid, "kid");
    Objects.requireNonNull(purpose, "purpose");
    Objects.requireNonNull(text, "text");
  }
}
