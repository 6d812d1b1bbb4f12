package dev.bulla;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes an evidence bundle, fed by whoever reads the database as {@link Intake} says.
 *
 * <p>The file stands under its name once {@link #finish} has returned; if that never happens,
 * nothing does. Not thread-safe.
 */
public final class Export extends Intake {

  private Export(long handle) {
    super(handle);
  }

  /**
   * Begins a bundle, which only the user of this process will be able to read.
   *
   * @param target the file to write, which must not exist
   * @param database the database, as a URL without settings and passwords
   * @param product the database's product and version
   * @param policy the text of the policy file: whose ledger tells which tables are covered
   * @param policyName how error messages name that file
   * @param nowMillis the time of the export
   * @throws BullaException if the file cannot be written, or the policy cannot be read
   */
  public static Export begin(
      Path target,
      String database,
      String product,
      String policy,
      String policyName,
      long nowMillis) {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(product, "product");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(policyName, "policyName");
    NativeLibrary.load();
    PackedWriter packed = new PackedWriter().string(policy).string(policyName);
    packed.string(database).string(product).string(target.toAbsolutePath().toString());
    return new Export(AuditNative.export(packed.i64(nowMillis).finish()));
  }

  /** Ends the bundle: it stands under its name, and is on the disk. Can be called once. */
  public void finish() {
    use(
        handle -> {
          AuditNative.exported(handle);
          return null;
        });
  }
}
