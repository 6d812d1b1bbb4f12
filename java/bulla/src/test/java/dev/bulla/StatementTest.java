package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatementTest {
  private static final byte[] DOCUMENT = "{\"b\": 1, \"a\": \"€\"}".getBytes(UTF_8);

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void configure() throws Exception {
    file = Installation.in(directory);
  }

  private Bulla signing() throws Exception {
    Files.writeString(
        file, Files.readString(file) + "[statement]\nsigner = \"keys/statement.jwk\"\n");
    return Bulla.open(file);
  }

  @Test
  void aStatementGivesItsDocument() throws Exception {
    try (Bulla bulla = signing()) {
      for (Form form : List.of(Form.COMPACT, Form.COMPACT.flattened())) {
        assertThat(bulla.verify(bulla.sign(DOCUMENT, form))).isEqualTo(DOCUMENT);
      }
      String statement = bulla.sign("approved", Form.COMPACT.contentType("text/plain"));
      assertThat(bulla.verifyContent(statement).text()).isEqualTo("approved");
      assertThat(Inspection.json(statement))
          .contains("\"algorithm\":\"EdDSA\"", "\"content_type\":\"text/plain\"");
    }
  }

  @Test
  void aDocumentBesideItsStatementIsVerified() throws Exception {
    try (Bulla bulla = signing()) {
      for (Form form : List.of(Form.COMPACT.detached(), Form.COMPACT.detachedRaw())) {
        String statement = bulla.sign(DOCUMENT, form);
        bulla.verifyDocument(statement, DOCUMENT);
        assertKind(Kind.BAD_SIGNATURE, () -> bulla.verifyDocument(statement, new byte[1]));
        assertKind(Kind.INVALID_ARGUMENT, () -> bulla.verify(statement));
      }
      Form form = Form.COMPACT.flattened().detached().ofCanonicalJson();
      bulla.verifyDocument(
          bulla.sign(DOCUMENT, form), "{\"a\":\"\\u20ac\",\"b\":1}".getBytes(UTF_8));
    }
  }

  @Test
  void aBatchHasAStatementForEachDocument() throws Exception {
    List<byte[]> documents = List.of(DOCUMENT, new byte[0], "{}".getBytes(UTF_8));
    try (Bulla bulla = signing()) {
      List<String> statements = bulla.signBatch(documents, false);
      for (int i = 0; i < documents.size(); i++) {
        bulla.verifyDocument(statements.get(i), documents.get(i));
      }
      assertKind(
          Kind.NOT_IN_BATCH, () -> bulla.verifyDocument(statements.get(0), documents.get(1)));
      assertThat(bulla.signBatch(List.of(), true)).isEmpty();
      assertKind(Kind.JSON_SYNTAX, () -> bulla.signBatch(documents, true));
    }
  }

  @Test
  void withoutAKeyTheMessageSaysWhatToAdd() {
    try (Bulla bulla = Bulla.open(file)) {
      assertThatThrownBy(() -> bulla.sign(DOCUMENT, Form.COMPACT))
          .isInstanceOfSatisfying(
              BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_CONFIG))
          .hasMessageContaining("statement.signer is missing");
    }
  }

  @Test
  void verifiersOfTheConfigurationAreBelieved() throws Exception {
    String partner = Files.readString(directory.resolve("keys/log.jwk"));
    Files.writeString(directory.resolve("partner.jwk"), Keys.publicKey(partner));
    Files.writeString(
        file, Files.readString(file) + "[statement]\nverifiers = [\"partner.jwk\"]\n");
    try (Bulla bulla = Bulla.open(file);
        Signer signer = Signer.of(partner);
        Signer other = Signer.of(Files.readString(directory.resolve("keys/identity.jwk")))) {
      assertThat(bulla.verify(signer.sign(DOCUMENT, Form.COMPACT))).isEqualTo(DOCUMENT);
      String foreign = other.sign(DOCUMENT, Form.COMPACT);
      assertKind(Kind.UNKNOWN_KEY, () -> bulla.verify(foreign));
    }
  }

  @Test
  void everyKindOfKeySignsByItsAlgorithm() throws Exception {
    for (String[] each :
        new String[][] {
          {"Ed25519", null, "EdDSA"},
          {"EC", null, "ES256"},
          {"RSA", null, "PS256"},
          {"RSA", "PS256", "PS256"},
          {"RSA", "RS256", "RS256"}
        }) {
      KeyPair pair = pair(each[0]);
      String text = PortableTest.pem("PRIVATE", pair.getPrivate());
      try (Signer signer = Signer.of(text, each[1]);
          Verifier verifier =
              Verifier.of(List.of(PortableTest.pem("PUBLIC", pair.getPublic())), each[1])) {
        assertThat(signer.algorithm()).isEqualTo(each[2]);
        assertThat(Keys.thumbprint(signer.publicKey())).isEqualTo(Keys.thumbprint(text));
        String statement = signer.sign(DOCUMENT, Form.COMPACT);
        assertThat(verifier.verify(statement)).isEqualTo(DOCUMENT);
        String changed = statement.substring(0, 20) + "A" + statement.substring(21);
        assertThatThrownBy(() -> verifier.verify(changed)).isInstanceOf(BullaException.class);
      }
    }
  }

  @Test
  void keysThatDoNotSignAreRefused() throws Exception {
    String master = Files.readString(directory.resolve("keys/master.jwk"));
    String log = Files.readString(directory.resolve("keys/log.jwk"));
    assertKind(Kind.MALFORMED_KEY, () -> Signer.of(master));
    assertKind(Kind.MALFORMED_KEY, () -> Signer.of(Keys.publicKey(log)));
    assertKind(Kind.INVALID_ARGUMENT, () -> Signer.of(log, "HS256"));
    assertKind(Kind.INVALID_ARGUMENT, () -> Verifier.of());
    assertKind(Kind.INVALID_ARGUMENT, () -> Keys.publicKey(master));
  }

  static KeyPair pair(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    }
    return generator.generateKeyPair();
  }

  private static void assertKind(Kind kind, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
