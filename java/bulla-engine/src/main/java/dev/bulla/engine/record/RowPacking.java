package dev.bulla.engine.record;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.PackedWriter;

/** One captured row in the form that the ledger takes. */
final class RowPacking {

  private RowPacking() {}

  static void pack(PackedWriter packed, CapturedRow row, byte[] salt) {
    try {
      packWhole(packed, row, salt);
    } catch (BullaException e) {
      if (e.kind() != Kind.LONE_SURROGATE) {
        throw e;
      }
      throw new BullaException(
          e.kind(),
          "row %s of %s cannot be recorded: %s; half of a surrogate pair has no UTF-8 form"
              .formatted(row.id(), row.table(), e.getMessage()),
          e);
    }
  }

  private static void packWhole(PackedWriter packed, CapturedRow row, byte[] salt) {
    packed.string(row.table()).u8(row.operation().letter());
    packed.string(row.id()).string(row.instance()).string(row.variable()).bytes(salt);
    switch (row.operation()) {
      case DELETE -> packed.string(row.rule()).value(row.removalTime()).string(row.root());
      case PREDICATE -> {
        packed.string(row.predicate()).value(row.predicateValue());
        columns(packed, row);
      }
      case NOT_UNDERSTOOD ->
          packed.string((String) row.predicateValue()).string(row.rule()).i64(-1);
      default -> columns(packed, row);
    }
  }

  private static void columns(PackedWriter packed, CapturedRow row) {
    packed.i32(row.columns().size());
    for (int i = 0; i < row.columns().size(); i++) {
      CapturedRow.Column column = row.columns().get(i);
      packed.string(column.name()).u8(column.fixed() ? 'F' : 'U');
      try {
        packed.value(row.values()[i]);
      } catch (BullaException e) {
        throw new BullaException(e.kind(), column.name() + ": " + e.getMessage(), e);
      }
    }
  }
}
