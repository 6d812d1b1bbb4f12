package dev.bulla;

import java.util.List;
import java.util.Optional;

/**
 * The place where wrapped keys are kept. Whoever can write it can make no key of his own valid:
 * rows are signed, and verified whenever they are read. Losing it is losing what was sealed.
 *
 * <p>Implementations are thread-safe. An exception of theirs ends the call that needed the key.
 */
public interface KeyRegistry {
  /** The text of the row of the key {@code kid}, if there is one. */
  Optional<String> row(String kid);

  /**
   * Adds a row. It is durable when this returns true, whatever becomes of a transaction of the
   * caller: a key is used at once, by others too.
   *
   * @return false, and nothing added, if the row's {@linkplain Purpose#isSingle() purpose is
   *     single} and has a row already
   */
  boolean add(KeyRow row);

  /** The texts of all rows of {@code purpose}, oldest first. */
  List<String> rows(Purpose purpose);
}
