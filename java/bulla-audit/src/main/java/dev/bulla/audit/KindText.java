package dev.bulla.audit;

import static java.util.Map.entry;

import java.util.Map;

/**
 * What a kind of finding is called and means to people who do not know databases.
 *
 * @param title a few words
 * @param meaning a sentence
 */
record KindText(String title, String meaning) {
  private static final Map<String, KindText> TEXTS =
      Map.ofEntries(
          text(
              "VALUE_CHANGED",
              "Value edited",
              "A value is not the one that the application wrote; it was edited in the database."),
          text(
              "METADATA_CHANGED",
              "Entry edited",
              "What stands beside a value, such as a name, a time or an assignee, was edited."),
          text(
              "VALUE_SWAPPED",
              "Value from elsewhere",
              "A genuine value of another entry was put in this place."),
          text(
              "ROLLED_BACK",
              "Older value put back",
              "A value that was genuine once stands where a newer one was written."),
          text(
              "STALE_READ",
              "Older value used",
              "The application was given an older value though a newer one had been written."),
          text("ROW_MISSING", "Entry deleted", "An entry that the application wrote is gone."),
          text(
              "ROW_UNRECORDED",
              "Entry invented",
              "An entry stands in the database that the application never wrote."),
          text(
              "BAD_SIGNATURE",
              "Record altered",
              "A record of the ledger was altered or invented: its signature does not fit."),
          text(
              "RECORD_REPLAYED",
              "Record repeated or moved",
              "A genuine record of the ledger stands in a place where it does not belong."),
          text(
              "LOG_GAP",
              "Records deleted",
              "Records or checkpoints were deleted from the ledger, or kept from being stored in it."),
          text(
              "ROOT_MISMATCH",
              "Ledger does not add up",
              "The records of the ledger do not add up to what was signed for them."),
          text(
              "TRUNCATED",
              "Newest records cut off",
              "The ledger ends before what was anchored outside; an older state was put in place."),
          text(
              "UNTRUSTED_KEY",
              "Unknown signer",
              "Something was signed by a key for which no trusted key vouches."),
          text("FORK", "Second history", "Two different histories exist for one ledger."),
          text(
              "EQUIVOCATION",
              "Two signed versions",
              "Two different states of one ledger were signed for the same size."),
          text(
              "BACKDATED",
              "Backdated record",
              "A record claims a time before it can have been written."),
          text(
              "UNAUTHORISED_DELETION",
              "Deletion not by the application",
              "An entry was deleted and the application signed no deletion of it as what it was."),
          text(
              "EARLY_CLEANUP",
              "Cleaned up too early",
              "History was cleaned up before the date that the application had set for it."),
          text(
              "ROW_RESURRECTED",
              "Deleted entry is back",
              "An entry that the application deleted stands in the database again."),
          text(
              "ANCHOR_MISSING",
              "Anchor missing",
              "What should lie outside the database as proof is not there."),
          text(
              "ANCHOR_STALE",
              "Anchor out of date",
              "The proof outside the database is older than the ledger inside."),
          text(
              "COVERAGE_GAP",
              "Not recorded",
              "Something was written that the ledger does not describe, so nothing proves it."),
          text(
              "KEY_MISSING",
              "Key missing",
              "A key that the proof needs was destroyed, and no erasure was recorded."),
          text(
              "SCHEMA_ALTERED",
              "Database structure altered",
              "Something was added to the database that can change what is written or shown."));

  static KindText of(String kind) {
    return TEXTS.getOrDefault(kind, new KindText(kind, ""));
  }

  private static Map.Entry<String, KindText> text(String kind, String title, String meaning) {
    return entry(kind, new KindText(title, meaning));
  }
}
