package dev.bulla;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.bulla.BullaException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Seals portable envelopes for its recipients: each of them can open, and any JOSE library that has
 * the key. Any number of threads may use one at once.
 *
 * <pre>{@code
 * try (Sealer sealer = Sealer.of(Files.readString(Path.of("partner.pem")))) {
 *   String envelope = sealer.seal("2,500", "{\"order\":4711}");
 * }
 * }</pre>
 *
 * <p>A content key is wrapped once and then seals many messages, with a random nonce each: at most
 * 2^20 messages, 64 GiB or one hour. Such messages show that they belong together, and whoever is
 * given the content key of one can open them all; where that matters, {@link Builder#renewAfter
 * renew it} after one message.
 */
public final class Sealer extends NativeHandle {
  private Sealer(long address) {
    super(address, new Free());
  }

  /**
   * Seals for the owners of keys: RSA by {@code RSA-OAEP-256}, P-256 and X25519 by {@code
   * ECDH-ES+A256KW}, a symmetric key by {@code A256KW}, or by {@code A256GCMKW} if it says so.
   *
   * @param recipients public or symmetric keys, each a JWK, a JWK Set or PEM
   * @throws BullaException {@link Kind#MALFORMED_KEY} if one is none that wraps
   */
  public static Sealer of(String... recipients) {
    Objects.requireNonNull(recipients, "recipients");
    Builder builder = builder();
    for (String recipient : recipients) {
      builder.recipient(Objects.requireNonNull(recipient, "recipients"));
    }
    return builder.build();
  }

  /** A sealer step by step. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Seals bytes.
   *
   * @param context what the envelope is bound to and tells in the clear: a JSON object in any
   *     layout, at most 64 KiB; {@code {}} binds it to nothing
   * @return the envelope, a JWE in JSON serialization: ASCII
   * @throws BullaException an error of the numbers 1xx if the context is no JSON object; {@link
   *     Kind#KEY_UNAVAILABLE} if a master key fails
   */
  public String seal(byte[] plaintext, String context) {
    Objects.requireNonNull(plaintext, "plaintext");
    Objects.requireNonNull(context, "context");
    byte[] place = PackedWriter.utf8(context);
    long address = enter();
    try {
      byte[] envelope = SealerNative.seal(address, place, plaintext, System.currentTimeMillis());
      return new String(envelope, ISO_8859_1);
    } finally {
      leave();
    }
  }

  /**
   * Seals the UTF-8 form of a text.
   *
   * @throws BullaException {@link Kind#LONE_SURROGATE} if it has none, and as {@link #seal(byte[],
   *     String)}
   */
  public String seal(String plaintext, String context) {
    Objects.requireNonNull(plaintext, "plaintext");
    Objects.requireNonNull(context, "context");
    return seal(PackedWriter.utf8(plaintext), context);
  }

  /** What a {@link Sealer} is made of. Not thread-safe. */
  public static final class Builder {
    private final List<String> recipients = new ArrayList<>();
    private MasterKey master;
    private String contentType;
    private long messages = Long.MAX_VALUE;

    private Builder() {}

    /** Seals for the owners of these keys too, as {@link Sealer#of}. */
    public Builder recipient(String keys) {
      recipients.add(Objects.requireNonNull(keys, "keys"));
      return this;
    }

    /** Seals for whoever may use a master key too. */
    public Builder master(MasterKey key) {
      master = Objects.requireNonNull(key, "key");
      return this;
    }

    /**
     * Says in each envelope what its content is: a media type (RFC 7516 §4.1.12); null, as at
     * first, says nothing.
     */
    public Builder contentType(String type) {
      contentType = type;
      return this;
    }

    /** Makes a fresh content key after this many messages, if that is fewer than 2^20. */
    public Builder renewAfter(long count) {
      messages = count;
      return this;
    }

    /**
     * The sealer.
     *
     * @throws BullaException {@link Kind#INVALID_ARGUMENT} if nobody could open, {@link
     *     Kind#MALFORMED_KEY} if a key is none that wraps
     */
    public Sealer build() {
      NativeLibrary.load();
      PackedWriter packed = new PackedWriter().string(contentType).i64(Math.max(1, messages));
      Vault.describe(packed, master);
      for (String keys : recipients) {
        packed.string(keys);
      }
      return new Sealer(SealerNative.make(packed.toByteArray(), master));
    }
  }

  /** A class, since the first lambda of a JVM takes it ten milliseconds. */
  private static final class Free implements LongConsumer {
    @Override
    public void accept(long address) {
      SealerNative.free(address);
    }
  }
}
