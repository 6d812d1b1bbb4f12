package dev.bulla;

import java.util.Locale;

/** What a key of the registry is for. */
public enum Purpose {
  /** Seals values. Each process makes its own. */
  DATA,
  /** Makes search tags. An installation has one. */
  SEARCH,
  /** Makes commitments. An installation has one. */
  COMMITMENT;

  /** Whether an installation has only one key of this purpose. */
  public boolean isSingle() {
    return this != DATA;
  }

  /** The name in the registry. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
