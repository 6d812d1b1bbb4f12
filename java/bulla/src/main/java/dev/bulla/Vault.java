package dev.bulla;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.function.LongConsumer;

/** The keys of one process, held by the native library. Each method is one crossing into it. */
final class Vault extends NativeHandle {
  private static final byte[] NO_BYTES = {};
  private static final Rule[] RULES = Rule.values();

  private Vault(long address) {
    super(address, new Free());
  }

  /**
   * Opens with a configuration.
   *
   * @param master what wraps keys, or null for the one that the configuration names
   */
  static Vault open(Config config, MasterKey master) {
    NativeLibrary.load();
    PackedWriter settings = config.packed();
    describe(settings, master);
    return new Vault(VaultNative.start(settings.toByteArray(), master, now()));
  }

  /** Writes down what the natives need to know of a master key, which may be null. */
  static void describe(PackedWriter packed, MasterKey master) {
    packed.string(master == null ? null : master.kid());
    packed.string(master == null ? null : master.algorithm());
  }

  byte[] seal(Context context, byte[] payload) {
    long address = enter();
    try {
      return VaultNative.seal(address, context.packed(), payload, now());
    } finally {
      leave();
    }
  }

  byte[] sealColumns(Context context, PackedWriter columns) {
    byte[] packed = columns.finish();
    long address = enter();
    try {
      return VaultNative.sealColumns(address, context.packed(), packed, now());
    } finally {
      leave();
    }
  }

  byte[] open(Context context, byte[] envelope) {
    long address = enter();
    try {
      return VaultNative.open(address, context.packed(), envelope);
    } finally {
      leave();
    }
  }

  PackedReader openColumns(Context context, byte[] envelope) {
    long address = enter();
    try {
      return new PackedReader(VaultNative.openColumns(address, context.packed(), envelope));
    } finally {
      leave();
    }
  }

  byte[] sealPortable(byte[] plaintext, String contentType, String context) {
    byte[] type = contentType == null ? NO_BYTES : PackedWriter.utf8(contentType);
    byte[] place = PackedWriter.utf8(context);
    long address = enter();
    try {
      return ExchangeNative.seal(address, place, type, plaintext, now());
    } finally {
      leave();
    }
  }

  byte[] openPortableBytes(String envelope, String context) {
    byte[] place = PackedWriter.utf8(context);
    byte[] text = PackedWriter.utf8(envelope);
    long address = enter();
    try {
      return ExchangeNative.openBytes(address, place, text);
    } finally {
      leave();
    }
  }

  Content openPortable(String envelope, String context) {
    byte[] text = PackedWriter.utf8(envelope);
    byte[] all =
        new PackedWriter(16 + context.length() + text.length).string(context).raw(text).finish();
    return content(use(address -> ExchangeNative.open(address, all)));
  }

  List<String> signBatch(List<byte[]> documents, boolean canonical) {
    byte[] packed = KeySigner.packed(documents);
    int flags = canonical ? Form.IS_CANONICAL : 0;
    return KeySigner.statements(use(address -> ExchangeNative.signBatch(address, packed, flags)));
  }

  byte[] sign(byte[] document, Form form) {
    byte[] all =
        new PackedWriter(64 + document.length)
            .string(form.serialization().name())
            .string(form.attachment().name())
            .u8(form.canonical() ? 1 : 0)
            .string(form.contentType())
            .raw(document)
            .finish();
    return use(address -> ExchangeNative.sign(address, all));
  }

  Content verify(String statement) {
    byte[] text = PackedWriter.utf8(statement);
    return content(use(address -> ExchangeNative.verify(address, text)));
  }

  void verifyDocument(String statement, byte[] document) {
    byte[] all =
        new PackedWriter(16 + statement.length() + document.length)
            .string(statement)
            .raw(document)
            .finish();
    use(
        address -> {
          ExchangeNative.verifyDocument(address, all);
          return null;
        });
  }

  private static Content content(byte[] packed) {
    PackedReader reader = new PackedReader(packed);
    String type = reader.string();
    return new Content(reader.bytes(), type);
  }

  KeyRow newKey(Purpose purpose) {
    byte[] name = purpose.text().getBytes(ISO_8859_1);
    long address = enter();
    try {
      PackedReader made = new PackedReader(VaultNative.newKey(address, name, now()));
      return new KeyRow(made.string(), purpose, made.string());
    } finally {
      leave();
    }
  }

  void activate(String kid) {
    long address = enter();
    try {
      VaultNative.activate(address, kid.getBytes(ISO_8859_1));
    } finally {
      leave();
    }
  }

  void learn(String row) {
    long address = enter();
    try {
      VaultNative.learn(address, row.getBytes(ISO_8859_1));
    } finally {
      leave();
    }
  }

  Tag tag(String tenant, String name, String type, Object value) {
    byte[] packed =
        new PackedWriter().string(tenant).string(name).string(type).value(value).toByteArray();
    return use(
        address -> {
          PackedReader tag = new PackedReader(VaultNative.tag(address, packed));
          return new Tag(tag.string(), tag.i64(), Double.longBitsToDouble(tag.i64()));
        });
  }

  Rule rule(String variable) {
    byte[] name = PackedWriter.utf8(variable);
    return RULES[use(address -> VaultNative.rule(address, name))];
  }

  byte[] disclose() {
    return use(VaultNative::disclose);
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  /** A class, since the first lambda of a JVM takes it ten milliseconds. */
  private static final class Free implements LongConsumer {
    @Override
    public void accept(long address) {
      VaultNative.free(address);
    }
  }
}
