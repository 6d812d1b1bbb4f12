package dev.bulla;

import java.util.Objects;

/**
 * The audit of one database, fed by whoever reads it as {@link Intake} says.
 *
 * <p>Not thread-safe. Holds what does not fit into memory in a temporary file that only this
 * process can open.
 */
public final class Audit extends Intake {
  private Audit(long handle) {
    super(handle);
  }

  /**
   * Begins an audit.
   *
   * @param policy the text of the policy file: whom the auditor trusts
   * @param policyName how error messages name that file
   * @param keys the text of the JWK Set with the commitment keys, or null if there is none
   * @param nowMillis the time of the audit
   * @throws BullaException if policy or keys cannot be read
   */
  public static Audit begin(String policy, String policyName, String keys, long nowMillis) {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(policyName, "policyName");
    NativeLibrary.load();
    PackedWriter packed =
        new PackedWriter().string(policy).string(policyName).string(keys).i64(nowMillis);
    return new Audit(AuditNative.open(packed.finish()));
  }

  /**
   * Compares rows that were fed.
   *
   * @param limit how many at most
   * @return how many; 0 once all are compared
   */
  public long compare(long limit) {
    return use(handle -> AuditNative.compare(handle, limit));
  }

  /** Compares what is not compared yet, and reports; can be called once. */
  public AuditReport finish() {
    return AuditReport.read(new PackedReader(use(AuditNative::finish)));
  }
}
