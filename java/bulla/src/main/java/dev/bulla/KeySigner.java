package dev.bulla;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A signer of the native library: of a key in memory, or in front of one that Java implements. */
final class KeySigner extends NativeHandle implements Signer {
  private static final byte[] NO_CONTENT_TYPE = {};

  private final String publicKey;
  private final String algorithm;

  private KeySigner(long address, String publicKey, String algorithm) {
    super(address, SignerNative::free);
    this.publicKey = publicKey;
    this.algorithm = algorithm;
  }

  static KeySigner parse(String key, String rsaAlgorithm) {
    NativeLibrary.load();
    byte[] packed = new PackedWriter().string(rsaAlgorithm).string(key).toByteArray();
    PackedReader told = new PackedReader(SignerNative.describe(packed));
    told.string();
    return new KeySigner(SignerNative.parse(packed), told.string(), told.string());
  }

  /** Stands before {@code signer}, and asks it for each signature. */
  static KeySigner of(Signer signer) {
    NativeLibrary.load();
    String publicKey = signer.publicKey();
    byte[] packed = new PackedWriter().string(signer.algorithm()).string(publicKey).toByteArray();
    return new KeySigner(SignerNative.of(packed, signer), publicKey, signer.algorithm());
  }

  @Override
  public String publicKey() {
    return publicKey;
  }

  @Override
  public String algorithm() {
    return algorithm;
  }

  @Override
  public byte[] sign(byte[] message) {
    Objects.requireNonNull(message, "message");
    return use(address -> SignerNative.signature(address, message));
  }

  @Override
  public String sign(byte[] document, Form form) {
    Objects.requireNonNull(document, "document");
    Objects.requireNonNull(form, "form");
    String type = form.contentType();
    byte[] contentType = type == null ? NO_CONTENT_TYPE : PackedWriter.utf8(type);
    long address = enter();
    try {
      byte[] statement = SignerNative.sign(address, document, form.flags(), contentType);
      return new String(statement, ISO_8859_1);
    } finally {
      leave();
    }
  }

  @Override
  public List<String> signBatch(List<byte[]> documents, boolean canonical) {
    Nulls.refuse(documents, "documents");
    byte[] packed = packed(documents);
    int flags = canonical ? Form.IS_CANONICAL : 0;
    return statements(use(address -> SignerNative.signBatch(address, packed, flags)));
  }

  static byte[] packed(List<byte[]> documents) {
    PackedWriter packed = new PackedWriter();
    documents.forEach(packed::bytes);
    return packed.toByteArray();
  }

  static List<String> statements(byte[] packed) {
    PackedReader statements = new PackedReader(packed);
    List<String> list = new ArrayList<>();
    while (!statements.isEmpty()) {
      list.add(statements.string());
    }
    return list;
  }
}
