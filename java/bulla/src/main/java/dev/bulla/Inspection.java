package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException.Kind;
import java.util.Objects;

/**
 * What a stored envelope says in the clear. Nothing of it is verified before the envelope is
 * opened.
 *
 * @param key the id of the data key that sealed it
 * @param installation the installation it belongs to
 * @param context the place it belongs to
 * @param size the length of what is sealed with its padding, in bytes
 */
public record Inspection(String key, String installation, Context context, int size) {
  /**
   * Finds out what a text is, an envelope, stored or portable, a statement, a row of a key
   * registry, an epoch certificate, a ledger record or a checkpoint, and tells what it says in the
   * clear; never a plaintext or the document of a statement. It needs no key and proves nothing.
   *
   * @return a JSON object, canonical, with the member {@code form}: {@code stored}, {@code
   *     portable}, {@code statement}, {@code key}, {@code epoch}, {@code record} or {@code
   *     checkpoint}
   * @throws BullaException {@link Kind#MALFORMED_ENVELOPE}, {@link Kind#MALFORMED_STATEMENT} or
   *     another kind if it is none of them
   */
  public static String json(String text) {
    Objects.requireNonNull(text, "text");
    NativeLibrary.load();
    return new String(InspectionNative.inspect(PackedWriter.utf8(text)), UTF_8);
  }
}
