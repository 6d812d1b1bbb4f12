package dev.bulla;

/**
 * A record of the ledger and its signature, as they are stored.
 *
 * @param seq the record's number in its log
 * @param record the record: canonical JSON
 * @param signature its detached JWS
 */
public record SignedRecord(long seq, String record, String signature) {
  static SignedRecord read(PackedReader packed) {
    return new SignedRecord(packed.i64(), packed.string(), packed.string());
  }

  void write(PackedWriter packed) {
    packed.i64(seq).string(record).string(signature);
  }
}
