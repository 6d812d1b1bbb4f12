package dev.bulla;

/** What the policy says of a variable. */
public enum Rule {
  /** Stays as it is. */
  PLAIN,
  /** Is sealed. */
  SEALED,
  /** Is sealed, and a keyed tag beside it lets it be found by equality. */
  SEARCHABLE
}
