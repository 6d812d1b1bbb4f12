package dev.bulla.engine.node;

import dev.bulla.Bulla;
import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Ledger;
import dev.bulla.LogRemains;
import dev.bulla.PackedWriter;
import dev.bulla.SignedRecord;
import dev.bulla.engine.record.Coverage;
import dev.bulla.engine.record.CoveredTable;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of an epoch: what the database holds of the log is compared with what the anchors hold,
 * before the engine's first transaction.
 */
final class NodeStart {

  private static final Logger LOG = LoggerFactory.getLogger(NodeStart.class);

  private final RecordTable records;
  private final List<DirectoryAnchor> anchors;

  NodeStart(RecordTable records, List<DirectoryAnchor> anchors) {
    this.records = records;
    this.anchors = anchors;
  }

  /** Takes up the log; what is stored and anchored agrees afterwards, as far as it can. */
  Ledger resume(Bulla bulla, Coverage coverage) throws IOException {
    RecordTable.Checkpoint newest = records.newestCheckpoint();
    DirectoryAnchor.Tail anchored = anchoredAfter(newest);
    LogRemains remains = new LogRemains(saved(newest), anchored.lines(), anchored.epochs());
    Ledger ledger = resume(bulla, coverage, remains, newest);
    report(ledger);
    ledger.unsaved().forEach(records::store);
    for (DirectoryAnchor anchor : anchors) {
      anchor.open(ledger.started(), ledger.epoch());
    }
    return ledger;
  }

  private Ledger resume(
      Bulla bulla, Coverage coverage, LogRemains remains, RecordTable.Checkpoint newest) {
    try {
      LogRemains.Wanted wanted = remains.wanted();
      return Ledger.resume(
          bulla, packed(coverage), remains, records.find(wanted.numbers(), wanted.above()));
    } catch (BullaException e) {
      if (newest == null) {
        throw e;
      }
      throw new BullaException(
          e.kind(),
          ("the log %s cannot go on from its newest checkpoint in BULLA_CHECKPOINT, over %d records:"
                  + " %s. Run an audit; delete the row if it was changed, for the anchors have it")
              .formatted(records.log(), newest.size(), e.getMessage()),
          e);
    }
  }

  private LogRemains.Checkpoint saved(RecordTable.Checkpoint newest) {
    if (newest == null) {
      return null;
    }
    SignedRecord account =
        records.find(List.of(newest.account()), Long.MAX_VALUE).stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new BullaException(
                        Kind.LEDGER_STATE,
                        "record "
                            + newest.account()
                            + " of the log "
                            + records.log()
                            + " is missing, which belongs to its newest checkpoint; run an audit,"
                            + " and restore the database from a copy that has it"));
    return new LogRemains.Checkpoint(newest.note(), newest.frontier(), account);
  }

  /** What the anchor that knows most holds after the database's newest checkpoint. */
  private DirectoryAnchor.Tail anchoredAfter(RecordTable.Checkpoint newest) throws IOException {
    List<String> longest = List.of();
    Set<String> epochs = new LinkedHashSet<>();
    for (DirectoryAnchor anchor : anchors) {
      DirectoryAnchor.Tail tail = anchor.after(newest == null ? null : newest.note());
      epochs.addAll(tail.epochs());
      List<String> lines = tail.lines();
      if (lines != null && lines.size() > longest.size()) {
        longest = lines;
      } else if (lines == null && anchor.isEmpty()) {
        LOG.warn(
            "The anchor {} is empty, but the log {} is not new: what was recorded before now cannot"
                + " be proven by this anchor",
            anchor.directory(),
            records.log());
      } else if (lines == null) {
        LOG.error(
            "The anchor {} does not have the newest checkpoint of the log {} in the database (over"
                + " {} records): one of the two was changed or set back. Run an audit",
            anchor.directory(),
            records.log(),
            newest.size());
      }
    }
    return new DirectoryAnchor.Tail(longest, List.copyOf(epochs));
  }

  private void report(Ledger ledger) {
    if (!ledger.missing().isEmpty()) {
      LOG.error(
          "THE DATABASE IS OLDER THAN ITS ANCHOR: {} records of the log {} were anchored and are not"
              + " in the database, the first of them number {}. It was set back to an older state,"
              + " or records were deleted. Run an audit; the log goes on after the anchored records",
          ledger.missing().size(),
          records.log(),
          ledger.missing().get(0));
    }
    for (Ledger.Refused refused : ledger.refused()) {
      LOG.error(
          "Record {} of the log {} in the database is not genuine and is not taken up: {}",
          refused.seq(),
          records.log(),
          refused.reason());
    }
  }

  private static PackedWriter packed(Coverage coverage) {
    PackedWriter packed = new PackedWriter(8192);
    packed.i32(coverage.tables().size());
    for (CoveredTable table : coverage.tables()) {
      packed.string(table.name());
      names(packed, table.id());
      packed.string(table.instance()).string(table.variable());
      names(packed, table.fixed());
      names(packed, table.updatable());
      names(packed, table.sealed());
    }
    return packed;
  }

  private static void names(PackedWriter packed, Collection<String> names) {
    packed.i32(names.size());
    names.forEach(packed::string);
  }
}
