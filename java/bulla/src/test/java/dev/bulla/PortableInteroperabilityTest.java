package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEDecrypter;
import com.nimbusds.jose.JWEObjectJSON;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.AESDecrypter;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MultiDecrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONArrayUtils;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Portable envelopes open and statements verify with Nimbus JOSE + JWT. It does Ed25519 and X25519
 * only with a further library, so these keys are left to jwcrypto.
 */
class PortableInteroperabilityTest {
  private static final Path VECTORS = Path.of("../../tests/vectors");

  @TestFactory
  Stream<DynamicTest> anEnvelopeOpensWithTheKeyOfEachRecipient() throws Exception {
    return each("portable/opened.json", vector -> !list(vector, "keys").isEmpty())
        .flatMap(
            vector ->
                list(vector, "keys").stream()
                    .filter(key -> !key.equals("x25519"))
                    .map(
                        key ->
                            DynamicTest.dynamicTest(
                                text(vector, "name") + " by " + key, () -> opens(vector, key))));
  }

  @TestFactory
  Stream<DynamicTest> aChangedEnvelopeDoesNotOpen() throws Exception {
    return each("portable/refused.json", vector -> changed(vector, "AuthenticationFailed"))
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    text(vector, "name"),
                    () ->
                        assertThatThrownBy(() -> decrypted(vector, "symmetric"))
                            .isInstanceOf(JOSEException.class)));
  }

  @TestFactory
  Stream<DynamicTest> aStatementIsVerified() throws Exception {
    return each(
            "statements/verified.json",
            vector ->
                !text(vector, "statement").startsWith("{")
                    && !text(vector, "key").equals("rfc8037-a1"))
        .map(vector -> DynamicTest.dynamicTest(text(vector, "name"), () -> verifies(vector)));
  }

  private static void opens(Map<String, Object> vector, String key) throws Exception {
    assertThat(decrypted(vector, key)).isEqualTo(bytes(vector, "plaintext"));
  }

  private static byte[] decrypted(Map<String, Object> vector, String name) throws Exception {
    JWEObjectJSON envelope = JWEObjectJSON.parse(text(vector, "envelope"));
    boolean several = envelope.getRecipients().size() > 1;
    envelope.decrypt(several ? new MultiDecrypter(key(name)) : decrypter(key(name)));
    return envelope.getPayload().toBytes();
  }

  private static JWEDecrypter decrypter(JWK key) throws JOSEException {
    return switch (key.getKeyType().getValue()) {
      case "oct" -> new AESDecrypter(key.toOctetSequenceKey());
      case "RSA" -> new RSADecrypter(key.toRSAKey());
      default -> new ECDHDecrypter(key.toECKey());
    };
  }

  private static void verifies(Map<String, Object> vector) throws Exception {
    String statement = text(vector, "statement");
    JWSHeader header = JWSHeader.parse(new Base64URL(statement.split("\\.", -1)[0]));
    JWSObject parsed =
        (boolean) vector.get("detached")
            ? JWSObject.parse(statement, document(vector, header))
            : JWSObject.parse(statement);
    assertThat(parsed.verify(verifier(key(text(vector, "key"))))).isTrue();
  }

  /** The document that lies beside the statement, in the form in which it was signed. */
  private static Payload document(Map<String, Object> vector, JWSHeader header) {
    return header.getCustomParam("dev.bulla.form") == null
        ? new Payload(Base64URL.encode(bytes(vector, "document")))
        : new Payload("{\"a\":\"x\",\"b\":1}");
  }

  private static JWSVerifier verifier(JWK key) throws JOSEException {
    Set<String> none = Set.of();
    return key.getKeyType().getValue().equals("RSA")
        ? new RSASSAVerifier(key.toRSAKey().toRSAPublicKey(), none)
        : new ECDSAVerifier(key.toECKey().toECPublicKey(), none);
  }

  /** A key of the vectors, under the name that envelopes give it. */
  private static JWK key(String name) throws Exception {
    Map<String, Object> keys =
        JSONObjectUtils.parse(Files.readString(VECTORS.resolve("jose/keys.json")));
    Map<String, Object> members = JSONObjectUtils.getJSONObject(keys, name);
    members.put("kid", JWK.parse(members).computeThumbprint().toString());
    return JWK.parse(members);
  }

  private static Stream<Map<String, Object>> each(
      String file, Predicate<Map<String, Object>> wanted) throws Exception {
    List<Object> vectors = JSONArrayUtils.parse(Files.readString(VECTORS.resolve(file)));
    List<Map<String, Object>> found =
        vectors.stream().map(PortableInteroperabilityTest::members).filter(wanted).toList();
    assertThat(found).isNotEmpty();
    return found.stream();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> members(Object vector) {
    return (Map<String, Object>) vector;
  }

  @SuppressWarnings("unchecked")
  private static List<String> list(Map<String, Object> vector, String member) {
    return (List<String>) vector.get(member);
  }

  private static boolean changed(Map<String, Object> vector, String kind) {
    return text(vector, "kind").equals(kind);
  }

  private static String text(Map<String, Object> vector, String member) {
    return (String) vector.get(member);
  }

  private static byte[] bytes(Map<String, Object> vector, String member) {
    return new Base64URL(text(vector, member)).decode();
  }
}
