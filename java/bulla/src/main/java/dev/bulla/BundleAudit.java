package dev.bulla;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;

/**
 * The audit of an evidence bundle, as an {@link Export} wrote it: without the database.
 *
 * <p>Damage, and what no export writes, is a {@link BullaException} of kind {@link
 * BullaException.Kind#MALFORMED_BUNDLE} that names the byte where reading stopped. Not thread-safe.
 */
public final class BundleAudit extends NativeHandle {
  /** What the bundle says of itself; nothing of it is proven. */
  private final About about;

  /**
   * What a bundle says of itself.
   *
   * @param exported when it was exported
   * @param database the database, as a URL without settings and passwords
   * @param product the database's product and version
   * @param installation the installation whose logs the export's policy pins
   */
  public record About(Instant exported, String database, String product, String installation) {}

  private BundleAudit(long handle) {
    super(handle, AuditNative::free);
    PackedReader in = new PackedReader(use(AuditNative::about));
    about = new About(Instant.ofEpochMilli(in.i64()), in.string(), in.string(), in.string());
  }

  /**
   * Begins to read a bundle.
   *
   * @param bundle the file
   * @param policy the text of the policy file: whom the auditor trusts
   * @param policyName how error messages name that file
   * @param keys the text of the JWK Set with the commitment keys, or null if there is none
   * @throws BullaException if the file is no bundle, or policy or keys cannot be read
   */
  public static BundleAudit open(Path bundle, String policy, String policyName, String keys) {
    Objects.requireNonNull(bundle, "bundle");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(policyName, "policyName");
    NativeLibrary.load();
    PackedWriter packed = new PackedWriter().string(policy).string(policyName).string(keys);
    return new BundleAudit(AuditNative.bundle(packed.string(bundle.toString()).finish()));
  }

  /** What the bundle says of itself; nothing of it is proven. */
  public About about() {
    return about;
  }

  /**
   * Reads some more.
   *
   * @return how many bytes of the file are read, -1 at its end
   */
  public long read() {
    return use(AuditNative::read);
  }

  /**
   * Compares rows, once all is read.
   *
   * @param limit how many at most
   * @return how many; 0 once all are compared
   */
  public long compare(long limit) {
    return use(handle -> AuditNative.compare(handle, limit));
  }

  /** Reads and compares what is left, and reports; can be called once. */
  public AuditReport finish() {
    return AuditReport.read(new PackedReader(use(AuditNative::finish)));
  }
}
