package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the portable envelopes and statements among the vectors that the classes of Java made,
 * which all other readers must take. Its argument is the directory of all vectors.
 */
final class JavaVectors {
  private static final String CONTEXT =
      "{ \"process\": \"loan\", \"order\": 4711, \"ö\": [1.0, null] }";
  private static final String DOCUMENT = "{\"b\": 1.0, \"a\": \"x\"}";

  private final Map<String, Object> keys;

  private JavaVectors(Path vectors) throws Exception {
    keys = JSONObjectUtils.parse(Files.readString(vectors.resolve("jose/keys.json")));
  }

  /** Writes them. */
  public static void main(String... arguments) throws Exception {
    Path vectors = Path.of(arguments[0]);
    JavaVectors made = new JavaVectors(vectors);
    write(vectors.resolve("portable/java.json"), made.envelopes());
    write(vectors.resolve("statements/java.json"), made.statements());
  }

  private List<Map<String, Object>> envelopes() throws Exception {
    return List.of(
        envelope("java-a256kw", List.of("symmetric"), List.of("A256KW")),
        envelope("java-a256gcmkw", List.of("symmetric"), List.of("A256GCMKW")),
        envelope("java-rsa-oaep-256", List.of("rfc7515-a2"), List.of("RSA-OAEP-256")),
        envelope("java-ecdh-p256", List.of("rfc7515-a3"), List.of("ECDH-ES+A256KW")),
        envelope("java-ecdh-x25519", List.of("x25519"), List.of("ECDH-ES+A256KW")),
        envelope(
            "java-several",
            List.of("rfc7515-a3", "symmetric", "x25519", "rfc7515-a2"),
            List.of("ECDH-ES+A256KW", "A256KW", "ECDH-ES+A256KW", "RSA-OAEP-256")));
  }

  private Map<String, Object> envelope(String name, List<String> names, List<String> algorithms)
      throws Exception {
    Sealer.Builder builder = Sealer.builder().contentType("text/plain");
    for (int i = 0; i < names.size(); i++) {
      builder.recipient(key(names.get(i), algorithms.get(i)));
    }
    String plaintext = "sealed by Java: " + name;
    Map<String, Object> vector = vector(name, String.join(", ", algorithms) + ".");
    vector.put("context", JSONObjectUtils.parse(CONTEXT));
    vector.put("keys", names);
    vector.put("algorithms", algorithms);
    vector.put("plaintext", Base64URL.encode(plaintext).toString());
    try (Sealer sealer = builder.build()) {
      vector.put("envelope", sealer.seal(plaintext, CONTEXT));
    }
    return vector;
  }

  private List<Map<String, Object>> statements() throws Exception {
    Map<String, Form> forms = new LinkedHashMap<>();
    forms.put("compact", Form.COMPACT);
    forms.put("flattened", Form.COMPACT.flattened().contentType("json"));
    forms.put("detached", Form.COMPACT.detached());
    forms.put("raw", Form.COMPACT.detachedRaw());
    forms.put("canonical", Form.COMPACT.detached().ofCanonicalJson());
    Map<String, String> signers = new LinkedHashMap<>();
    signers.put("EdDSA", "rfc8037-a1");
    signers.put("ES256", "rfc7515-a3");
    signers.put("PS256", "rfc7515-a2");
    signers.put("RS256", "rfc7515-a2");
    List<Map<String, Object>> vectors = new ArrayList<>();
    for (var entry : signers.entrySet()) {
      String algorithm = entry.getKey();
      try (Signer signer = Signer.of(key(entry.getValue(), algorithm))) {
        for (var form : forms.entrySet()) {
          String statement = signer.sign(DOCUMENT.getBytes(UTF_8), form.getValue());
          boolean detached = form.getValue().attachment() != Form.Attachment.ATTACHED;
          vectors.add(statement(entry.getValue(), algorithm, form.getKey(), detached, statement));
        }
        List<byte[]> documents = List.of(DOCUMENT.getBytes(UTF_8), new byte[0], new byte[100]);
        String statement = signer.signBatch(documents, false).get(0);
        vectors.add(statement(entry.getValue(), algorithm, "batch", true, statement));
      }
    }
    return vectors;
  }

  private static Map<String, Object> statement(
      String key, String algorithm, String form, boolean detached, String statement) {
    Map<String, Object> vector =
        vector(
            "java-%s-%s".formatted(algorithm, form).toLowerCase(Locale.ROOT),
            "%s, %s.".formatted(algorithm, form));
    vector.put("key", key);
    vector.put("algorithm", algorithm);
    vector.put("document", Base64URL.encode(DOCUMENT).toString());
    vector.put("detached", detached);
    vector.put("statement", statement);
    return vector;
  }

  private static Map<String, Object> vector(String name, String why) {
    Map<String, Object> vector = new LinkedHashMap<>();
    vector.put("name", name);
    vector.put("source", "dev.bulla of Java");
    vector.put("why", why);
    return vector;
  }

  private String key(String name, String algorithm) throws Exception {
    Map<String, Object> members = new LinkedHashMap<>(JSONObjectUtils.getJSONObject(keys, name));
    members.put("alg", algorithm);
    return JSONObjectUtils.toJSONString(members);
  }

  private static void write(Path file, List<Map<String, Object>> vectors) throws Exception {
    Files.writeString(
        file,
        vectors.stream()
            .map(JSONObjectUtils::toJSONString)
            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
  }
}
