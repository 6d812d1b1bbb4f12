package dev.bulla;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignedObject;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.SealedObject;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes the serialised objects among the vectors anew, by the JDK's own classes. Its argument is
 * the directory of all vectors.
 */
final class ObjectVectors {
  private static final String CBC = "AES/CBC/PKCS5Padding";
  private static final String GCM = "AES/GCM/NoPadding";
  private static final String PKCS1 = "RSA/ECB/PKCS1Padding";
  private static final String OAEP_256 = "RSA/ECB/OAEPWithSHA-256AndMGF1Padding";
  private static final String RS256 = "SHA256withRSA";
  private static final String STRING = "java.lang.String";
  private static final String ANYTHING = "java.lang.Object";

  private final Map<String, Object> jose;
  private final Map<String, SecretKeySpec> aes = new LinkedHashMap<>();
  private final PrivateKey rsa;
  private final PublicKey rsaPublic;
  private final List<Map<String, Object>> opened = new ArrayList<>();
  private final List<Map<String, Object>> refused = new ArrayList<>();

  /** A class that no reader of the vectors has. */
  static final class Labelled extends SealedObject {
    private static final long serialVersionUID = 1L;

    Labelled(Serializable content, Cipher cipher) throws Exception {
      super(content, cipher);
    }
  }

  private ObjectVectors(Path vectors) throws Exception {
    jose = JSONObjectUtils.parse(Files.readString(vectors.resolve("jose/keys.json")));
    RSAKey key = RSAKey.parse(member("rfc7515-a2"));
    rsa = key.toPrivateKey();
    rsaPublic = key.toPublicKey();
    for (int bits : new int[] {128, 192, 256}) {
      byte[] bytes = new byte[bits / 8];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (bits + i);
      }
      aes.put("aes" + bits, new SecretKeySpec(bytes, "AES"));
    }
  }

  /** Writes them. */
  public static void main(String... arguments) throws Exception {
    Path vectors = Path.of(arguments[0]);
    ObjectVectors made = new ObjectVectors(vectors);
    made.open();
    made.refuse();
    Path directory = vectors.resolve("serialized");
    Map<String, Object> keys = new LinkedHashMap<>();
    made.aes.forEach(
        (name, key) ->
            keys.put(
                name, Map.of("kty", "oct", "k", Base64URL.encode(key.getEncoded()).toString())));
    keys.put(
        "other-p256",
        Map.of(
            "kty", "EC",
            "crv", "P-256",
            "x", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"));
    write(
        directory.resolve("keys.json"),
        "{\n",
        keys.entrySet().stream()
            .map(entry -> quoted(entry.getKey()) + ": " + json(entry.getValue()))
            .toList(),
        "\n}\n");
    write(directory.resolve("opened.json"), "[\n", lines(made.opened), "\n]\n");
    write(directory.resolve("refused.json"), "[\n", lines(made.refused), "\n]\n");
  }

  private void open() throws Exception {
    for (String key : aes.keySet()) {
      opens("AES by its name alone, " + key, sealed("hello", "AES", key, null), key, "AES");
      opens("AES-CBC, " + key, sealed("hello", CBC, key, iv()), key, CBC);
      proves("AES-GCM, " + key, sealed("hello", GCM, key, nonce(12, 128)), key, GCM);
    }
    opens(
        "AES-ECB",
        sealed("hello", "AES/ECB/PKCS5Padding", "aes192", null),
        "aes192",
        "AES/ECB/PKCS5Padding");
    opens("RSA by its name alone", sealedRsa("hello", "RSA", null), "rfc7515-a2", "RSA");
    opens("RSA with PKCS #1 v1.5", sealedRsa("hello", PKCS1, null), "rfc7515-a2", PKCS1);
    opens(
        "RSA-OAEP with SHA-1",
        sealedRsa("hello", "RSA/ECB/OAEPPadding", null),
        "rfc7515-a2",
        "RSA/ECB/OAEPPadding");
    opens(
        "RSA-OAEP with SHA-256, and SHA-1 for MGF1, as Java does by itself",
        sealedRsa("hello", OAEP_256, null),
        "rfc7515-a2",
        OAEP_256);
    last().put("needs", "rust-crypto");
    opens(
        "RSA-OAEP with SHA-256 for both",
        sealedRsa("hello", OAEP_256, oaep("SHA-256", "")),
        "rfc7515-a2",
        OAEP_256);

    signs("a string signed with RSA", signed("hello", rsa, RS256), "rfc7515-a2", RS256);
    signs(
        "a string signed on P-256",
        signed("hello", ec(), "SHA256withECDSA"),
        "rfc7515-a3",
        "SHA256withECDSA");
    signs(
        "a string signed with Ed25519",
        signed("hello", ed25519(), "Ed25519"),
        "rfc8037-a1",
        "Ed25519");

    String text = "\0 Grüße, 漢字 and \uD83D\uDD11";
    holds("characters of every length", text, STRING, text.getBytes(StandardCharsets.UTF_8));
    holds("an empty string", "", STRING, new byte[0]);
    holds("bytes", new byte[] {0, 1, -1}, "byte[]", new byte[] {0, 1, -1});
    holds("a boolean", true, "java.lang.Boolean", ascii("true"));
    holds("a byte", (byte) -128, "java.lang.Byte", ascii("-128"));
    holds("a short", (short) 32767, "java.lang.Short", ascii("32767"));
    holds("an integer", Integer.MIN_VALUE, "java.lang.Integer", ascii("-2147483648"));
    holds(
        "a long that no double holds",
        9007199254740993L,
        "java.lang.Long",
        ascii("9007199254740993"));
    holds("a float", 0.1f, "java.lang.Float", ascii("0.1"));
    holds("a double", 1.5, "java.lang.Double", ascii("1.5"));
    holds("the smallest double", Double.MIN_VALUE, "java.lang.Double", ascii("5e-324"));
    holds("a zero below zero", -0.0, "java.lang.Double", ascii("-0"));
    holds("no number", Double.NaN, "java.lang.Double", ascii("NaN"));
    String half = "half of \uD83D";
    holds("half of a surrogate pair is no text", half, ANYTHING, stream(half));
    HashMap<String, Object> map = new HashMap<>(Map.of("amount", new BigInteger("2500")));
    holds("an object of another class", map, ANYTHING, stream(map));

    opened.add(
        opened(
            "a signed object within a sealed one",
            sealed(signed("hello", rsa, RS256), CBC, "aes128", iv()),
            STRING,
            ascii("hello"),
            true,
            List.of("aes128"),
            List.of("rfc7515-a2"),
            CBC,
            RS256));
    opened.add(
        opened(
            "a sealed object within a signed one",
            signed(sealed("hello", CBC, "aes128", iv()), rsa, RS256),
            STRING,
            ascii("hello"),
            true,
            List.of("aes128"),
            List.of("rfc7515-a2"),
            RS256,
            CBC));
    opened.add(
        opened(
            "one of several keys",
            signed(sealed("hello", CBC, "aes192", iv()), ec(), "SHA256withECDSA"),
            STRING,
            ascii("hello"),
            true,
            List.of("aes128", "rfc7515-a2", "aes192"),
            List.of("rfc7515-a2", "rfc8037-a1", "rfc7515-a3"),
            "SHA256withECDSA",
            CBC));
  }

  private void refuse() throws Exception {
    byte[] cbc = stream(sealed("hello", CBC, "aes128", iv()));
    byte[] gcm = stream(sealed("hello", GCM, "aes128", nonce(12, 128)));
    byte[] pkcs1 = stream(sealedRsa("hello", PKCS1, null));
    byte[] signed = stream(signed("hello", rsa, RS256));
    List<String> key = List.of("aes128", "rfc7515-a2");
    List<String> none = List.of();
    List<String> signer = List.of("rfc7515-a2");

    String object = "RefusedObject";
    refuses("a-string", "it is neither of the two", object, stream("hello"), key, none);
    refuses(
        "another-class",
        "it is neither of the two, and its class is told",
        object,
        stream(new HashMap<>(Map.of("a", "b"))),
        key,
        none);
    Cipher cipher = Cipher.getInstance(CBC);
    cipher.init(Cipher.ENCRYPT_MODE, aes.get("aes128"), iv());
    refuses(
        "a-subclass",
        "what a subclass adds or changes is unknown",
        object,
        stream(new Labelled("hello", cipher)),
        key,
        none);
    refuses("no-stream", "it begins otherwise", object, ascii("hello"), key, none);
    refuses(
        "cut",
        "its last byte is missing",
        object,
        edited(cbc, b -> slice(b, b.length - 1)),
        key,
        none);
    refuses(
        "more",
        "a byte follows it",
        object,
        edited(cbc, b -> Arrays.copyOf(b, b.length + 1)),
        key,
        none);
    refuses(
        "another-version",
        "the class is of a version that there is not",
        object,
        edited(signed, b -> with(b, 34, b[34] ^ 1)),
        none,
        signer);
    refuses("null-content", "a field is null", object, nulled(cbc, "AES", CBC), key, none);

    refuses(
        "another-key",
        "the key is not the one that it was sealed for",
        "AuthenticationFailed",
        cbc,
        List.of("aes192", "aes256"),
        none);
    refuses(
        "cbc-changed",
        "its last block was changed",
        "AuthenticationFailed",
        changed(cbc, "AES", CBC),
        key,
        none);
    refuses(
        "gcm-changed",
        "its ciphertext was changed",
        "AuthenticationFailed",
        changed(gcm, "GCM", GCM),
        key,
        none);
    refuses(
        "rsa-changed",
        "its ciphertext was changed",
        "AuthenticationFailed",
        changed(pkcs1, null, PKCS1),
        key,
        none);
    refuses(
        "no-key-of-the-kind",
        "it is sealed by AES, and the key is one of RSA",
        "InvalidArgument",
        cbc,
        signer,
        none);
    refuses(
        "short-tag",
        "its tag has 12 bytes",
        object,
        stream(sealed("hello", GCM, "aes128", nonce(12, 96))),
        key,
        none);
    refuses(
        "long-nonce",
        "its nonce has 16 bytes",
        object,
        stream(sealed("hello", GCM, "aes128", nonce(16, 128))),
        key,
        none);
    refuses(
        "counter-mode",
        "what AES-CTR seals can be changed bit by bit",
        "UnsupportedAlgorithm",
        stream(sealed("hello", "AES/CTR/NoPadding", "aes128", iv())),
        key,
        none);
    Cipher des = Cipher.getInstance("DESede");
    des.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(slice(ascii("0123456789abcdefghijklmn"), 24), "DESede"));
    refuses(
        "triple-des",
        "it is sealed by another cipher",
        "UnsupportedAlgorithm",
        stream(new SealedObject("hello", des)),
        key,
        none);
    refuses(
        "oaep-sha-512",
        "its hash is SHA-512",
        "UnsupportedAlgorithm",
        stream(sealedRsa("hello", "RSA/ECB/OAEPWithSHA-512AndMGF1Padding", oaep("SHA-512", ""))),
        key,
        none);
    refuses(
        "oaep-label",
        "it has a label",
        "UnsupportedAlgorithm",
        stream(sealedRsa("hello", OAEP_256, oaep("SHA-256", "a label"))),
        key,
        none);

    refuses(
        "signature-changed",
        "its signature is not the key's",
        "BadSignature",
        changed(signed, RS256),
        none,
        signer);
    refuses(
        "content-changed",
        "its content was changed",
        "BadSignature",
        edited(
            signed, b -> with(b, new String(b, StandardCharsets.ISO_8859_1).indexOf("hello"), 'j')),
        none,
        signer);
    refuses(
        "another-signer",
        "another key signed it",
        "BadSignature",
        stream(signed("hello", ec(), "SHA256withECDSA")),
        none,
        List.of("other-p256"));
    refuses(
        "sha-1",
        "it is signed by way of SHA-1",
        "UnsupportedAlgorithm",
        stream(signed("hello", rsa, "SHA1withRSA")),
        none,
        signer);
    refuses(
        "sha-512",
        "it is signed by way of SHA-512",
        "UnsupportedAlgorithm",
        stream(signed("hello", rsa, "SHA512withRSA")),
        none,
        signer);
    refuses(
        "no-signer",
        "there is no key that could have signed it",
        "InvalidArgument",
        signed,
        key,
        none);
    refuses("not-signed", "a signature is asked for, and there is none", object, cbc, key, signer);
  }

  // What is sealed and signed.

  private SealedObject sealed(
      Serializable content, String transformation, String key, AlgorithmParameterSpec parameters)
      throws Exception {
    Cipher cipher = Cipher.getInstance(transformation);
    cipher.init(Cipher.ENCRYPT_MODE, aes.get(key), parameters);
    return new SealedObject(content, cipher);
  }

  private SealedObject sealedRsa(
      Serializable content, String transformation, AlgorithmParameterSpec parameters)
      throws Exception {
    Cipher cipher = Cipher.getInstance(transformation);
    cipher.init(Cipher.ENCRYPT_MODE, rsaPublic, parameters);
    return new SealedObject(content, cipher);
  }

  private static SignedObject signed(Serializable content, PrivateKey key, String algorithm)
      throws Exception {
    return new SignedObject(content, key, Signature.getInstance(algorithm));
  }

  private PrivateKey ec() throws Exception {
    return ECKey.parse(member("rfc7515-a3")).toPrivateKey();
  }

  private PrivateKey ed25519() throws GeneralSecurityException, java.text.ParseException {
    byte[] seed = OctetKeyPair.parse(member("rfc8037-a1")).getDecodedD();
    return KeyFactory.getInstance("Ed25519")
        .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
  }

  private static IvParameterSpec iv() {
    return new IvParameterSpec("sixteen bytes iv".getBytes(StandardCharsets.US_ASCII));
  }

  private static GCMParameterSpec nonce(int bytes, int tag) {
    return new GCMParameterSpec(tag, slice(ascii("a nonce, and it is long"), bytes));
  }

  private static OAEPParameterSpec oaep(String hash, String label) {
    return new OAEPParameterSpec(
        hash, "MGF1", new MGF1ParameterSpec(hash), new PSource.PSpecified(ascii(label)));
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> member(String key) {
    return (Map<String, Object>) jose.get(key);
  }

  // Vectors.

  private void opens(String name, Serializable object, String key, String algorithm)
      throws IOException {
    opened.add(
        opened(name, object, STRING, ascii("hello"), false, List.of(key), List.of(), algorithm));
  }

  private void proves(String name, Serializable object, String key, String algorithm)
      throws IOException {
    opens(name, object, key, algorithm);
    last().put("authenticated", true);
  }

  private void signs(String name, Serializable object, String signer, String algorithm)
      throws IOException {
    opened.add(
        opened(name, object, STRING, ascii("hello"), true, List.of(), List.of(signer), algorithm));
  }

  private void holds(String name, Serializable content, String kind, byte[] bytes)
      throws Exception {
    opened.add(
        opened(
            name,
            sealed(content, CBC, "aes128", iv()),
            kind,
            bytes,
            false,
            List.of("aes128"),
            List.of(),
            CBC));
  }

  private Map<String, Object> last() {
    return opened.get(opened.size() - 1);
  }

  private static Map<String, Object> opened(
      String name,
      Serializable object,
      String kind,
      byte[] content,
      boolean authenticated,
      List<String> keys,
      List<String> signers,
      String... layers)
      throws IOException {
    Map<String, Object> vector = new LinkedHashMap<>();
    vector.put("name", name);
    vector.put("keys", keys);
    vector.put("signers", signers);
    vector.put("layers", List.of(layers));
    vector.put("authenticated", authenticated);
    vector.put("kind", kind);
    vector.put("content", Base64URL.encode(content).toString());
    vector.put("object", Base64.getEncoder().encodeToString(stream(object)));
    return vector;
  }

  private void refuses(
      String name,
      String why,
      String kind,
      byte[] object,
      List<String> keys,
      List<String> signers) {
    Map<String, Object> vector = new LinkedHashMap<>();
    vector.put("name", name);
    vector.put("why", why);
    vector.put("kind", kind);
    vector.put("keys", keys);
    vector.put("signers", signers);
    vector.put("object", Base64.getEncoder().encodeToString(object));
    refused.add(vector);
  }

  private static byte[] stream(Serializable object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  private static byte[] edited(byte[] stream, UnaryOperator<byte[]> edit) {
    return edit.apply(stream.clone());
  }

  /** With the last byte changed before the texts that end the stream, of which null is one. */
  private static byte[] changed(byte[] stream, String... texts) {
    int at = stream.length - 1 - length(texts);
    return with(stream.clone(), at, stream[at] ^ 1);
  }

  /** Without parameters and ciphertext, the first two values. */
  private static byte[] nulled(byte[] stream, String... texts) {
    int first = new String(stream, StandardCharsets.ISO_8859_1).indexOf("xpur") + 2;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(stream, 0, first);
    out.writeBytes(ascii("pp"));
    out.write(stream, stream.length - length(texts), length(texts));
    return out.toByteArray();
  }

  private static int length(String... texts) {
    return Stream.of(texts).mapToInt(text -> text == null ? 1 : 3 + text.length()).sum();
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    return bytes;
  }

  private static byte[] slice(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static List<String> lines(List<Map<String, Object>> vectors) {
    return vectors.stream().map(ObjectVectors::json).toList();
  }

  private static void write(Path file, String before, List<String> lines, String after)
      throws IOException {
    Files.writeString(file, before + "  " + String.join(",\n  ", lines) + after);
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> quoted((String) entry.getKey()) + ": " + json(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(ObjectVectors::json).collect(Collectors.joining(", ", "[", "]"));
    }
    return value instanceof String text ? quoted(text) : value.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
