package dev.bulla;

import dev.bulla.BullaException.Kind;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Opens portable envelopes with its keys, each by its one algorithm. Any number of threads may use
 * one at once. It remembers the content keys that it unwrapped last.
 */
public final class Opener extends NativeHandle {
  private Opener(long address) {
    super(address, new Free());
  }

  /**
   * Opens what was sealed for one of these keys.
   *
   * @param keys private or symmetric keys, each a JWK, a JWK Set or PEM (PKCS#8)
   * @throws BullaException {@link Kind#MALFORMED_KEY} if one is none that unwraps
   */
  public static Opener of(String... keys) {
    return make(null, keys);
  }

  /** As {@link #of(String...)}, and opens what was sealed for a master key. */
  public static Opener of(MasterKey master, String... keys) {
    Objects.requireNonNull(master, "master");
    return make(master, keys);
  }

  private static Opener make(MasterKey master, String[] keys) {
    Nulls.refuse(Arrays.asList(Objects.requireNonNull(keys, "keys")), "keys");
    NativeLibrary.load();
    PackedWriter packed = new PackedWriter();
    Vault.describe(packed, master);
    for (String key : keys) {
      packed.string(key);
    }
    return new Opener(OpenerNative.make(packed.toByteArray(), master));
  }

  /**
   * Opens an envelope that was sealed for just this context.
   *
   * @param envelope a JWE in JSON serialization
   * @param context the context that it must be bound to, a JSON object in any layout
   * @throws BullaException {@link Kind#CONTEXT_MISMATCH} if it belongs elsewhere, {@link
   *     Kind#UNKNOWN_KEY} if it is for others, {@link Kind#AUTHENTICATION_FAILED} if it was
   *     changed, {@link Kind#MALFORMED_ENVELOPE} if it is none, {@link Kind#KEY_UNAVAILABLE} if a
   *     master key fails
   */
  public byte[] open(String envelope, String context) {
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(context, "context");
    byte[] place = PackedWriter.utf8(context);
    byte[] bytes = PackedWriter.utf8(envelope);
    long address = enter();
    try {
      return OpenerNative.open(address, place, bytes);
    } finally {
      leave();
    }
  }

  /**
   * Opens an envelope of a text that was sealed as such.
   *
   * @throws BullaException {@link Kind#INVALID_UTF8} if it holds something else
   */
  public String openText(String envelope, String context) {
    return PackedReader.utf8(open(envelope, context));
  }

  /** A class, since the first lambda of a JVM takes it ten milliseconds. */
  private static final class Free implements LongConsumer {
    @Override
    public void accept(long address) {
      OpenerNative.free(address);
    }
  }
}
