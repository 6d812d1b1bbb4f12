package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortableTest {
  private static final String ORDER = "{\"order\": 4711}";

  @TempDir Path directory;
  private Path file;
  private Bulla bulla;

  @BeforeEach
  void open() throws Exception {
    file = Installation.in(directory);
    bulla = Bulla.open(file);
  }

  @AfterEach
  void close() {
    bulla.close();
  }

  @Test
  void whatIsNoTextIsNotOpenedAsOne() {
    String key = "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\"}";
    try (Sealer sealer = Sealer.of(key);
        Opener opener = Opener.of(key)) {
      String envelope = sealer.seal(new byte[] {'a', (byte) 0xff, 'b'}, "{}");
      assertThatThrownBy(() -> opener.openText(envelope, "{}"))
          .isInstanceOf(BullaException.class)
          .hasMessage("invalid UTF-8 at byte 1");
      assertThat(opener.openText(sealer.seal("\ufffd", "{}"), "{}")).isEqualTo("\ufffd");
    }
  }

  @Test
  void whatWasSealedForTheMasterKeyIsOpened() {
    String envelope = bulla.sealPortable("2,500 €", ORDER);
    assertThat(envelope).startsWith("{\"aad\":\"");
    assertThat(text(bulla, envelope, "{\"order\":4711}")).isEqualTo("2,500 €");
    assertThat(bulla.openPortable(envelope, ORDER)).isEqualTo("2,500 €".getBytes(UTF_8));
  }

  @Test
  void valuesOfAllLengthsComeBack() {
    for (int length : new int[] {0, 1, 2047, 2048, 2049, 8191, 8192, 100_000, 1 << 20}) {
      byte[] value = new byte[length];
      new Random(length).nextBytes(value);
      assertThat(bulla.openPortable(bulla.sealPortable(value, ORDER), ORDER)).isEqualTo(value);
    }
  }

  @Test
  void anotherInstanceOpensLongAndShortEnvelopes() {
    String envelope = bulla.sealPortable(new byte[20_000], ORDER);
    try (Bulla other = Bulla.open(file)) {
      assertThat(other.openPortable(envelope, ORDER)).isEqualTo(new byte[20_000]);
    }
  }

  @Test
  void anEnvelopeOfAnotherContextIsRefusedWithTheDifference() {
    String envelope = bulla.sealPortable("x", ORDER);
    assertThatThrownBy(() -> bulla.openPortable(envelope, "{\"order\":4712}"))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONTEXT_MISMATCH))
        .hasMessage("the envelope belongs elsewhere: /order is \"4711\" and should be \"4712\"");
  }

  @Test
  void wrongArgumentsAreRefusedByName() {
    assertKind(Kind.UNEXPECTED_JSON, () -> bulla.sealPortable("x", "[]"));
    assertKind(Kind.JSON_SYNTAX, () -> bulla.sealPortable("x", ""));
    assertKind(Kind.LONE_SURROGATE, () -> bulla.sealPortable("\ud800", "{}"));
    assertKind(Kind.MALFORMED_ENVELOPE, () -> bulla.openPortable("", "{}"));
    assertKind(Kind.INVALID_ARGUMENT, () -> Sealer.of());
    assertKind(Kind.INVALID_ARGUMENT, () -> Opener.of());
    assertKind(Kind.MALFORMED_KEY, () -> Sealer.of("no key"));
  }

  @Test
  void recipientsAndKeysOfTheConfigurationExchangeEnvelopes() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    Files.writeString(directory.resolve("partner.pem"), pem("PUBLIC", pair.getPublic()));
    Files.writeString(directory.resolve("inbox.pem"), pem("PRIVATE", pair.getPrivate()));
    Files.writeString(
        file,
        Files.readString(file)
            + "[portable]\nrecipients = [\"partner.pem\"]\nkeys = [\"inbox.pem\"]\n");
    try (Bulla partner = Bulla.open(file);
        Opener opener = Opener.of(pem("PRIVATE", pair.getPrivate()));
        Sealer sealer = Sealer.of(pem("PUBLIC", pair.getPublic()))) {
      String envelope = partner.sealPortable("for both", ORDER);
      assertThat(opener.openText(envelope, ORDER)).isEqualTo("for both");
      assertThat(text(bulla, envelope, ORDER)).isEqualTo("for both");
      assertThat(text(partner, sealer.seal("from outside", ORDER), ORDER))
          .isEqualTo("from outside");
      assertThat(Inspection.json(envelope))
          .contains("\"form\":\"portable\"", "\"context\":{\"order\":4711}", "\"RSA-OAEP-256\"");
    }
  }

  @Test
  void aMissingKeyFileIsNamed() throws Exception {
    Files.writeString(file, Files.readString(file) + "[portable]\nkeys = [\"nowhere.jwk\"]\n");
    assertThatThrownBy(() -> Bulla.open(file))
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IO))
        .hasMessageContaining("nowhere.jwk");
  }

  @Test
  void aSealerSaysWhatItsContentIsAndRenewsItsKey() throws Exception {
    String key = Files.readString(directory.resolve("keys/master.jwk"));
    try (Sealer sealer =
        Sealer.builder().recipient(key).contentType("text/plain").renewAfter(1).build()) {
      String first = Inspection.json(sealer.seal("x", "{}"));
      String second = Inspection.json(sealer.seal("x", "{}"));
      assertThat(first).contains("\"content_type\":\"text/plain\"");
      assertThat(first.substring(0, 60)).isNotEqualTo(second.substring(0, 60));
    }
  }

  @Test
  void whatIsClosedSaysSo() {
    bulla.close();
    assertThatThrownBy(() -> bulla.sealPortable("x", "{}"))
        .hasMessage("Vault is closed; open another one");
    assertKind(Kind.CLOSED, () -> bulla.openPortable("x", "{}"));
  }

  private static String text(Bulla bulla, String envelope, String context) {
    return bulla.openContent(envelope, context).text();
  }

  static String pem(String kind, Key key) {
    return "-----BEGIN %s KEY-----\n%s\n-----END %s KEY-----\n"
        .formatted(
            kind,
            Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded()),
            kind);
  }

  private static void assertKind(Kind kind, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
