package dev.bulla;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException.Kind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Seals values into envelopes and opens them again.
 *
 * <pre>{@code
 * try (Bulla bulla = Bulla.open(Path.of("bulla.toml"))) {
 *   Context place = Context.of("orders", "42", "note");
 *   String envelope = bulla.seal("confidential", place);
 *   String note = bulla.openText(envelope, place);
 * }
 * }</pre>
 *
 * <p>One object serves all threads of a process. It may be closed while others use it: calls inside
 * end as usual, later ones throw {@link Kind#CLOSED}.
 *
 * <p>Every method that needs a key may have to ask the key registry. If that fails, or takes longer
 * than 30 seconds, it throws {@link Kind#KEY_UNAVAILABLE}; {@link Kind#UNKNOWN_KEY} if the registry
 * does not have the key. The message names the key.
 */
public final class Bulla implements AutoCloseable {
  private final Config config;
  private final Vault vault;
  private final Keyring keyring;

  private Bulla(Config config, Vault vault, Keyring keyring) {
    this.config = config;
    this.vault = vault;
    this.keyring = keyring;
  }

  /**
   * Opens with a configuration file, which must name the file of the key registry.
   *
   * @throws BullaException {@link Kind#INVALID_CONFIG}, {@link Kind#IO}, or an error of a key
   */
  public static Bulla open(Path file) {
    Objects.requireNonNull(file, "file");
    Config config = Config.load(file);
    if (config.registry().isEmpty()) {
      throw new BullaException(
          Kind.INVALID_CONFIG,
          ("%s: keys.registry is missing; without an engine, keys are kept in a file: name one, as"
                  + " in registry = \"keys/registry.jsonl\"")
              .formatted(config.file()));
    }
    return open(config, new FileKeyRegistry(config.registry().get()));
  }

  /**
   * Opens with a key registry of the caller's.
   *
   * @throws BullaException an error of a key, of its file or of the registry
   */
  public static Bulla open(Config config, KeyRegistry registry) {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(registry, "registry");
    return open(config, registry, null, Keyring.PATIENCE);
  }

  /**
   * Opens with a key registry and a master key of the caller's. Keys are wrapped by {@code master};
   * the one that the configuration names, which may now be left out, still unwraps.
   *
   * @param master the master key, or null for none but the configuration's
   * @throws BullaException an error of a key, of its file or of the registry; {@link
   *     Kind#KEY_UNAVAILABLE} with its exception as the cause if the master key fails
   */
  public static Bulla open(Config config, KeyRegistry registry, MasterKey master) {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(registry, "registry");
    return open(config, registry, master, Keyring.PATIENCE);
  }

  static Bulla open(Config config, KeyRegistry registry, MasterKey master, Duration patience) {
    Vault vault = Vault.open(config, master);
    try {
      Keyring keyring = new Keyring(vault, registry, patience);
      keyring.prepare();
      return new Bulla(config, vault, keyring);
    } catch (RuntimeException e) {
      vault.close();
      throw e;
    }
  }

  /**
   * Seals bytes.
   *
   * @return the envelope, a JWE in compact form: ASCII without white space
   */
  public String seal(byte[] value, Context context) {
    return new String(sealBytes(value, context), ISO_8859_1);
  }

  /** Seals bytes into an envelope that is wanted as ASCII. */
  public byte[] sealBytes(byte[] value, Context context) {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(context, "context");
    return keyring.call(
        new Supplier<byte[]>() { // No lambda: the first of a JVM takes it ten milliseconds.
          @Override
          public byte[] get() {
            return vault.seal(context, value);
          }
        });
  }

  /**
   * Seals the UTF-8 form of a text.
   *
   * @throws BullaException {@link Kind#LONE_SURROGATE} if {@code value} has none
   */
  public String seal(String value, Context context) {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(context, "context");
    return seal(PackedWriter.utf8(value), context);
  }

  /** Seals what remains in a buffer, direct or not. Its position does not move. */
  public String seal(ByteBuffer value, Context context) {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(context, "context");
    byte[] bytes = new byte[value.remaining()];
    value.get(value.position(), bytes);
    return seal(bytes, context);
  }

  /**
   * Opens an envelope.
   *
   * @param envelope what {@code seal} returned
   * @param context the context it must belong to
   * @throws BullaException {@link Kind#MALFORMED_ENVELOPE} or another kind of the numbers 2xx if it
   *     is no envelope, belongs elsewhere or was changed
   */
  public byte[] open(String envelope, Context context) {
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(context, "context");
    return openBytes(envelope.getBytes(ISO_8859_1), context);
  }

  /** Opens an envelope that is at hand as ASCII. */
  public byte[] openBytes(byte[] envelope, Context context) {
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(context, "context");
    return keyring.call(
        new Supplier<byte[]>() { // As above.
          @Override
          public byte[] get() {
            return vault.open(context, envelope);
          }
        });
  }

  /**
   * Opens an envelope of a text that was sealed as such.
   *
   * @throws BullaException {@link Kind#INVALID_UTF8} if it holds something else
   */
  public String openText(String envelope, Context context) {
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(context, "context");
    return PackedReader.utf8(open(envelope, context));
  }

  /**
   * Reads what a stored envelope says in the clear, without a key. For portable envelopes and
   * statements there is {@link Inspection#json}.
   *
   * @throws BullaException {@link Kind#MALFORMED_ENVELOPE} or another kind if it is none
   */
  public Inspection inspect(String envelope) {
    Objects.requireNonNull(envelope, "envelope");
    PackedReader said = new PackedReader(VaultNative.inspect(envelope.getBytes(ISO_8859_1)));
    String key = said.string();
    String installation = said.string();
    Context context =
        Context.builder(said.string(), said.string(), said.string())
            .name(said.string())
            .type(said.string())
            .tenant(said.string())
            .instance(said.string())
            .build();
    return new Inspection(key, installation, context, said.i32());
  }

  /**
   * Seals bytes into a portable envelope: for whoever may use the installation's master key, and
   * for the recipients that the configuration names.
   *
   * @param plaintext what to seal
   * @param context what the envelope is bound to: a JSON object, which whoever opens it must state
   *     as well. It is authentic, but not secret
   * @return the envelope, a JWE in JSON serialization (RFC 7516 §7.2): ASCII
   * @throws BullaException {@link Kind#UNEXPECTED_JSON} or another kind of the numbers 1xx if the
   *     context is no JSON object
   */
  public String sealPortable(byte[] plaintext, String context) {
    return sealPortable(plaintext, null, context);
  }

  /**
   * Seals the UTF-8 form of a text into a portable envelope, as {@link #sealPortable(byte[],
   * String)}.
   */
  public String sealPortable(String plaintext, String context) {
    Objects.requireNonNull(plaintext, "plaintext");
    Objects.requireNonNull(context, "context");
    return sealPortable(PackedWriter.utf8(plaintext), null, context);
  }

  /**
   * Seals bytes into a portable envelope that says what they are, as {@link #sealPortable(byte[],
   * String)}.
   *
   * @param contentType a media type, without "application/" as a rule (RFC 7516 §4.1.12); or null
   */
  public String sealPortable(byte[] plaintext, String contentType, String context) {
    Objects.requireNonNull(plaintext, "plaintext");
    Objects.requireNonNull(context, "context");
    return new String(vault.sealPortable(plaintext, contentType, context), ISO_8859_1);
  }

  /**
   * Opens a portable envelope with the installation's master key, or another key that the
   * configuration names.
   *
   * @param envelope a JWE in JSON serialization, flattened or general
   * @param context the context that it must be of, a JSON object
   * @throws BullaException {@link Kind#MALFORMED_ENVELOPE} or another kind of the numbers 2xx if it
   *     is no envelope, belongs elsewhere or was changed; {@link Kind#UNKNOWN_KEY} if it was sealed
   *     for none of the keys
   */
  public byte[] openPortable(String envelope, String context) {
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(context, "context");
    return vault.openPortableBytes(envelope, context);
  }

  /** Opens a portable envelope, as {@link #openPortable}, and tells what it says that it holds. */
  public Content openContent(String envelope, String context) {
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(context, "context");
    return vault.openPortable(envelope, context);
  }

  /**
   * Signs a document with the key that the configuration names as {@code statement.signer}.
   *
   * @return the statement, a JWS (RFC 7515): ASCII
   * @throws BullaException {@link Kind#INVALID_CONFIG} if the configuration names no signer; a kind
   *     of the numbers 1xx if the canonical form is wanted of what is no JSON
   */
  public String sign(byte[] document, Form form) {
    Objects.requireNonNull(document, "document");
    Objects.requireNonNull(form, "form");
    return new String(vault.sign(document, form), ISO_8859_1);
  }

  /** Signs the UTF-8 form of a text, as {@link #sign(byte[], Form)}. */
  public String sign(String document, Form form) {
    Objects.requireNonNull(document, "document");
    Objects.requireNonNull(form, "form");
    return sign(PackedWriter.utf8(document), form);
  }

  /**
   * Signs many documents with one signature, as {@link Signer#signBatch}, with the key that the
   * configuration names as {@code statement.signer}.
   */
  public List<String> signBatch(List<byte[]> documents, boolean canonical) {
    Nulls.refuse(documents, "documents");
    return vault.signBatch(documents, canonical);
  }

  /**
   * The document in a statement, if it was signed by the configuration's signer or one of its
   * {@code statement.verifiers}.
   *
   * @param statement a JWS, compact or flattened
   * @throws BullaException {@link Kind#BAD_SIGNATURE}, {@link Kind#UNKNOWN_KEY}, {@link
   *     Kind#MALFORMED_STATEMENT}; {@link Kind#INVALID_ARGUMENT} if the document lies beside it;
   *     {@link Kind#INVALID_CONFIG} if the configuration names no key that verifies
   */
  public byte[] verify(String statement) {
    return verifyContent(statement).bytes();
  }

  /** Verifies a statement, as {@link #verify}, and tells what it says that its document is. */
  public Content verifyContent(String statement) {
    Objects.requireNonNull(statement, "statement");
    return vault.verify(statement);
  }

  /**
   * Holds a document against the statement that lies beside it.
   *
   * @throws BullaException as {@link #verify}; {@link Kind#NOT_IN_BATCH} if others were signed
   *     together, and this is not among them; {@link Kind#INVALID_ARGUMENT} if the statement has
   *     its document in it
   */
  public void verifyDocument(String statement, byte[] document) {
    Objects.requireNonNull(statement, "statement");
    Objects.requireNonNull(document, "document");
    vault.verifyDocument(statement, document);
  }

  /**
   * Writes a JSON document in its canonical form (RFC 8785), which {@link Form#ofCanonicalJson}
   * signs. It needs no key.
   *
   * <p>What canonicalisation would silently change is refused.
   *
   * @param json UTF-8, up to 16 MiB, nested up to 128 deep
   * @return UTF-8
   * @throws BullaException {@link Kind#JSON_SYNTAX}, {@link Kind#DUPLICATE_MEMBER}, {@link
   *     Kind#INEXACT_NUMBER} (a number that a double does not hold exactly) or another kind of the
   *     numbers 1xx; the message names the byte
   */
  public static byte[] canonicalize(byte[] json) {
    Objects.requireNonNull(json, "json");
    NativeLibrary.load();
    return JsonNative.canonicalize(json);
  }

  /**
   * Writes a JSON document in its canonical form, as {@link #canonicalize(byte[])}; positions are
   * those in the UTF-8 form of {@code json}.
   *
   * @throws BullaException {@link Kind#LONE_SURROGATE} if it has none, and as there
   */
  public static String canonicalize(String json) {
    Objects.requireNonNull(json, "json");
    return new String(canonicalize(PackedWriter.utf8(json)), UTF_8);
  }

  /**
   * Seals columns of a row together, as a JSON document.
   *
   * @param columns a count, then name ({@link PackedWriter#string}) and value ({@link
   *     PackedWriter#value}) of each
   */
  public String sealColumns(Context context, PackedWriter columns) {
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(columns, "columns");
    return new String(keyring.call(() -> vault.sealColumns(context, columns)), ISO_8859_1);
  }

  /** Opens what {@link #sealColumns} sealed, in the same form. */
  public PackedReader openColumns(Context context, String envelope) {
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(envelope, "envelope");
    byte[] ascii = envelope.getBytes(ISO_8859_1);
    return keyring.call(() -> vault.openColumns(context, ascii));
  }

  /**
   * The search tag of a value.
   *
   * @param tenant the tenant, or null
   * @param name the variable's name
   * @param type the variable's type
   * @param value the value, of a type that {@link PackedWriter#value} takes
   */
  public Tag tag(String tenant, String name, String type, Object value) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    return keyring.call(() -> vault.tag(tenant, name, type, value));
  }

  /** What the policy says of a variable. */
  public Rule rule(String variable) {
    Objects.requireNonNull(variable, "variable");
    return vault.rule(variable);
  }

  /** The configuration this was opened with. */
  public Config config() {
    return config;
  }

  /**
   * The commitment keys, which an auditor needs and which open nothing, as a JWK Set. Handle it as
   * a secret all the same: it lets guesses at values be checked.
   */
  public String disclose() {
    return new String(vault.disclose(), ISO_8859_1);
  }

  /** What the ledger is opened of. */
  Vault vault() {
    return vault;
  }

  /** Forgets all keys. Closing twice does nothing. */
  @Override
  public void close() {
    vault.close();
  }
}
