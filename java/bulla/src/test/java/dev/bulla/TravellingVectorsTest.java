package dev.bulla;

import static dev.bulla.Vectors.assertRefused;
import static dev.bulla.Vectors.bytes;
import static dev.bulla.Vectors.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.bulla.BullaException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The vectors of portable envelopes and statements: Bulla's, those of others, and refused ones. */
class TravellingVectorsTest {
  @TestFactory
  Stream<DynamicTest> envelopesThatOpen() throws Exception {
    return each(
        List.of("portable/opened.json", "portable/java.json", "portable/foreign.json"),
        TravellingVectorsTest::opens);
  }

  @TestFactory
  Stream<DynamicTest> envelopesThatAreRefused() throws Exception {
    return Vectors.each(
        "portable/refused.json",
        vector -> {
          try (Opener opener = Opener.of(key("symmetric", "A256KW"), key("x25519", null))) {
            assertRefused(vector, () -> opener.open(text(vector, "envelope"), context(vector)));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> statementsThatAreVerified() throws Exception {
    return each(
        List.of("statements/verified.json", "statements/java.json", "statements/foreign.json"),
        TravellingVectorsTest::verifies);
  }

  @TestFactory
  Stream<DynamicTest> statementsThatAreRefused() throws Exception {
    return Vectors.each(
        "statements/refused.json",
        vector -> {
          try (Verifier verifier = Verifier.of(key("rfc8037-a1", null), key("rfc7515-a3", null))) {
            assertRefused(vector, () -> document(verifier, vector));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> examplesOfTheRfcsThatAreRefusedAsEnvelopes() throws Exception {
    return Vectors.each(
        "jose/encrypted.json",
        vector -> {
          String envelope = text(vector, "envelope");
          String json = envelope.startsWith("{") ? envelope : flattened(envelope);
          vector.put("kind", vector.get("asPortable"));
          try (Opener opener = Opener.of(key("symmetric", "A256KW"), key("rfc7515-a2", null))) {
            assertRefused(vector, () -> opener.open(json, "{}"));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> examplesOfTheRfcsThatAreVerifiedOrRefusedAsStatements() throws Exception {
    return Vectors.each(
        "jose/signed.json",
        vector -> {
          String kind = text(vector, "asStatement");
          String algorithm = text(vector, "name").equals("rfc7515-a2") ? "RS256" : null;
          vector.putAll(Map.of("kind", kind, "document", "JC4wMg"));
          try (Verifier verifier = Verifier.of(key(text(vector, "key"), algorithm))) {
            if (kind.equals("verified")) {
              assertThat(verifier.verify(text(vector, "statement"))).isNotEmpty();
            } else {
              assertRefused(vector, () -> document(verifier, vector));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> keysOfTheRfcs() throws Exception {
    return Vectors.each(
        "jose/jwk.json",
        vector -> {
          String key = JSONObjectUtils.toJSONString(JSONObjectUtils.getJSONObject(vector, "key"));
          if (vector.get("kind") == null) {
            assertThat(Keys.thumbprint(key)).isEqualTo(text(vector, "thumbprint"));
          } else {
            assertRefused(vector, () -> Keys.thumbprint(key));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> keysInPemAreThoseInJson() throws Exception {
    return Stream.of("rfc7515-a2", "rfc7515-a3", "rfc8037-a1", "x25519")
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      String id = Keys.thumbprint(key(name, null));
                      for (String part : List.of("private", "public")) {
                        Path pem =
                            Vectors.DIRECTORY.resolve("jose/pem/%s.%s.pem".formatted(name, part));
                        assertThat(Keys.thumbprint(Files.readString(pem))).isEqualTo(id);
                      }
                    }));
  }

  /** What a compact envelope is in JSON. */
  private static String flattened(String compact) {
    String[] parts = compact.split("\\.", -1);
    return JSONObjectUtils.toJSONString(
        Map.of(
            "protected", parts[0],
            "encrypted_key", parts[1],
            "iv", parts[2],
            "ciphertext", parts[3],
            "tag", parts[4]));
  }

  private static void opens(Map<String, Object> vector) throws Exception {
    List<String> names = list(vector, "keys");
    List<String> algorithms = list(vector, "algorithms");
    for (int i = 0; i < names.size(); i++) {
      try (Opener opener = Opener.of(key(names.get(i), algorithms.get(i)))) {
        byte[] opened = opener.open(text(vector, "envelope"), context(vector));
        assertThat(opened).isEqualTo(bytes(vector, "plaintext"));
      }
    }
  }

  private static void verifies(Map<String, Object> vector) throws Exception {
    try (Verifier verifier = Verifier.of(key(text(vector, "key"), text(vector, "algorithm")))) {
      if ((boolean) vector.get("detached")) {
        verifier.verifyDocument(text(vector, "statement"), bytes(vector, "document"));
      } else {
        assertThat(verifier.verify(text(vector, "statement"))).isEqualTo(bytes(vector, "document"));
      }
    }
  }

  private static void document(Verifier verifier, Map<String, Object> vector) {
    try {
      verifier.verify(text(vector, "statement"));
    } catch (BullaException e) {
      if (e.kind() != Kind.INVALID_ARGUMENT) {
        throw e;
      }
      verifier.verifyDocument(text(vector, "statement"), bytes(vector, "document"));
    }
  }

  /** A key of the vectors, for one algorithm if that is named. */
  private static String key(String name, String algorithm) throws Exception {
    Map<String, Object> keys =
        JSONObjectUtils.parse(Files.readString(Vectors.DIRECTORY.resolve("jose/keys.json")));
    Map<String, Object> members = JSONObjectUtils.getJSONObject(keys, name);
    if (algorithm != null) {
      members.put("alg", algorithm);
    }
    return JSONObjectUtils.toJSONString(members);
  }

  @SuppressWarnings("unchecked")
  private static String context(Map<String, Object> vector) {
    return JSONObjectUtils.toJSONString((Map<String, Object>) vector.get("context"));
  }

  private static Stream<DynamicTest> each(List<String> files, Vectors.Claim claim)
      throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (String file : files) {
      Vectors.each(file, claim).forEach(tests::add);
    }
    return tests.stream();
  }

  @SuppressWarnings("unchecked")
  private static List<String> list(Map<String, Object> vector, String member) {
    return (List<String>) vector.get(member);
  }
}
