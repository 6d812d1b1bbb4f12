package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Portable envelopes and statements with the keys of a configuration. */
class ExchangeTest {
  private static final String HERE = "{\"order\": 4711}";

  @TempDir Path directory;

  private Path file;
  private Bulla bulla;

  @BeforeEach
  void open() throws IOException {
    file = Installation.in(directory);
    Files.writeString(
        file, Files.readString(file) + "\n[statement]\nsigner = \"keys/statement.jwk\"\n");
    bulla = Bulla.open(file);
  }

  @AfterEach
  void close() {
    bulla.close();
  }

  @Test
  void whatWasSealedIsOpenedWhereTheSameContextIsStated() {
    byte[] large = new byte[100_000];
    large[99_999] = 1;
    for (byte[] plaintext : new byte[][] {{}, "2,500".getBytes(UTF_8), large}) {
      String envelope = bulla.sealPortable(plaintext, HERE);
      assertThat(bulla.openPortable(envelope, "{\"order\":4711}")).isEqualTo(plaintext);
    }
    String envelope = bulla.sealPortable("größer", HERE);
    assertThat(bulla.openPortable(envelope, HERE)).isEqualTo("größer".getBytes(UTF_8));
    assertFails(
        () -> bulla.openPortable(envelope, "{\"order\":4712}"),
        Kind.CONTEXT_MISMATCH,
        "the envelope belongs elsewhere: /order is \"4711\" and should be \"4712\"");
  }

  @Test
  void anEnvelopeSaysWhatItHolds() {
    String envelope = bulla.sealPortable(new byte[] {'{', '}'}, "json", HERE);

    Content content = bulla.openContent(envelope, HERE);

    assertThat(content.type()).isEqualTo("json");
    assertThat(content.text()).isEqualTo("{}");
    assertThat(content).hasToString("Content[json, 2 bytes]");
    assertThat(bulla.openContent(bulla.sealPortable("", HERE), HERE).type()).isNull();
  }

  @Test
  void whatIsNoEnvelopeOrNoContextIsRefused() {
    assertFails(() -> bulla.openPortable("", HERE), Kind.MALFORMED_ENVELOPE, "not an envelope");
    assertFails(() -> bulla.openPortable("{}", HERE), Kind.MALFORMED_ENVELOPE, "not an envelope");
    assertFails(() -> bulla.sealPortable("", "[]"), Kind.UNEXPECTED_JSON, "not an object");
    assertFails(() -> bulla.sealPortable("", ""), Kind.JSON_SYNTAX, "not JSON");
    assertFails(() -> bulla.sealPortable("\ud800", HERE), Kind.LONE_SURROGATE, "lone surrogate");
  }

  @Test
  void aChangedEnvelopeDoesNotOpen() {
    String envelope = bulla.sealPortable("2,500", HERE);
    int at = envelope.indexOf("\"ciphertext\":\"") + "\"ciphertext\":\"".length();
    char other = envelope.charAt(at) == 'A' ? 'B' : 'A';
    String changed = envelope.substring(0, at) + other + envelope.substring(at + 1);

    assertFails(
        () -> bulla.openPortable(changed, HERE), Kind.AUTHENTICATION_FAILED, "the envelope");
  }

  @Test
  void aDocumentLiesInItsStatementOrBesideIt() {
    for (Form form :
        new Form[] {Form.COMPACT, Form.COMPACT.flattened().contentType("text/plain")}) {
      Content content = bulla.verifyContent(bulla.sign("approved", form));
      assertThat(content.text()).isEqualTo("approved");
      assertThat(content.type()).isEqualTo(form.contentType());
    }
    byte[] document = "{\"b\": 1, \"a\": 2}".getBytes(UTF_8);
    for (Form form : new Form[] {Form.COMPACT.detached(), Form.COMPACT.flattened().detachedRaw()}) {
      String statement = bulla.sign(document, form);
      bulla.verifyDocument(statement, document);
      assertFails(
          () -> bulla.verifyDocument(statement, new byte[] {1}),
          Kind.BAD_SIGNATURE,
          "the signature of the statement");
    }
    String statement = bulla.sign(document, Form.COMPACT.detached().ofCanonicalJson());
    bulla.verifyDocument(statement, "{\"a\":2,\"b\":1}".getBytes(UTF_8));
    assertFails(
        () -> bulla.verify(statement), Kind.INVALID_ARGUMENT, "lies beside the statement: give it");
  }

  @Test
  void whoCannotSignSaysWhatToAdd() throws IOException {
    try (Bulla mute = Bulla.open(Installation.in(directory.resolve("other")))) {
      assertFails(
          () -> mute.sign("", Form.COMPACT),
          Kind.INVALID_CONFIG,
          "statement.signer is missing: it names the file of the key that signs");
      assertFails(
          () -> mute.verify(bulla.sign("", Form.COMPACT)),
          Kind.INVALID_CONFIG,
          "statement.verifiers is missing");
    }
  }

  @Test
  void threadsShareOneObject() {
    AtomicInteger opened = new AtomicInteger();
    IntStream.range(0, 1000)
        .parallel()
        .forEach(
            i -> {
              String text = "value " + i;
              String context = "{\"i\":%d}".formatted(i);
              String envelope = bulla.sealPortable(text, context);
              assertThat(bulla.openContent(envelope, context).text()).isEqualTo(text);
              assertThat(bulla.verifyContent(bulla.sign(text, Form.COMPACT)).text())
                  .isEqualTo(text);
              opened.incrementAndGet();
            });
    assertThat(opened).hasValue(1000);
  }

  @Test
  void whatIsClosedSealsNoMore() {
    bulla.close();
    assertFails(() -> bulla.sealPortable("", HERE), Kind.CLOSED, "closed");
    assertFails(() -> bulla.sign("", Form.COMPACT), Kind.CLOSED, "closed");
  }

  private static void assertFails(ThrowingCallable call, Kind kind, String told) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(told);
  }
}
