package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BullaTest {
  private static final Context PLACE =
      Context.builder("ACT_RU_VARIABLE", "17", "value")
          .name("größe")
          .type("string")
          .tenant("acme")
          .instance("4")
          .build();

  @TempDir static Path directory;
  private Bulla bulla;

  @BeforeEach
  void open() throws IOException {
    Path file = directory.resolve("bulla.toml");
    bulla = Bulla.open(Files.exists(file) ? file : Installation.in(directory));
  }

  @AfterEach
  void close() {
    bulla.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 2_000, 2_048, 2_049, 16_383, 16_384, 1 << 20})
  void whatIsSealedOpensAgain(int size) {
    byte[] value = new byte[size];
    new Random(size).nextBytes(value);
    String envelope = bulla.seal(value, PLACE);
    assertThat(bulla.open(envelope, PLACE)).isEqualTo(value);
    assertThat(bulla.openBytes(envelope.getBytes(UTF_8), PLACE)).isEqualTo(value);
  }

  @Test
  void textAndBuffersAreSealedAsTheirBytes() {
    assertThat(bulla.openText(bulla.seal("größe 𝄞", PLACE), PLACE)).isEqualTo("größe 𝄞");
    ByteBuffer direct = ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();
    assertThat(bulla.open(bulla.seal(direct, PLACE), PLACE)).isEqualTo(new byte[] {1, 2, 3});
    assertThat(direct.remaining()).isEqualTo(3);
    ByteBuffer readOnly = ByteBuffer.wrap(new byte[] {9, 1, 2}, 1, 2).asReadOnlyBuffer();
    assertThat(bulla.open(bulla.seal(readOnly, PLACE), PLACE)).isEqualTo(new byte[] {1, 2});
  }

  @Test
  void textWithHalfAPairIsNotSealed() {
    assertKind(Kind.LONE_SURROGATE, () -> bulla.seal("a\ud800", PLACE));
  }

  @Test
  void anEnvelopeSaysWhatItIsWithoutAKey() {
    Inspection inspection = bulla.inspect(bulla.seal("x", PLACE));
    assertThat(inspection.installation()).isEqualTo("loans");
    assertThat(inspection.context()).isEqualTo(PLACE);
    assertThat(inspection.key()).hasSize(43);
    assertThat(inspection.size()).isEqualTo(32);
  }

  @Test
  void anEnvelopeOpensOnlyInItsPlaceAndTheErrorNamesTheDifference() {
    String envelope = bulla.seal("x", PLACE);
    Context moved =
        Context.builder("ACT_RU_VARIABLE", "18", "value")
            .name("größe")
            .type("string")
            .tenant("acme")
            .instance("4")
            .build();
    assertKind(Kind.CONTEXT_MISMATCH, () -> bulla.open(envelope, moved))
        .hasMessage("the envelope belongs elsewhere: row is \"17\" and should be \"18\"");
  }

  @Test
  void columnsComeBackWithTheirTypes() {
    PackedWriter columns = new PackedWriter().i32(3);
    columns.string("DOUBLE_").value(0.1).string("LONG_").value(Long.MAX_VALUE);
    columns.string("TEXT_").value("größe");
    PackedReader opened = bulla.openColumns(PLACE, bulla.sealColumns(PLACE, columns));
    assertThat(opened.i32()).isEqualTo(3);
    assertThat(opened.string()).isEqualTo("DOUBLE_");
    assertThat(opened.value()).isEqualTo(0.1);
    assertThat(opened.string()).isEqualTo("LONG_");
    assertThat(opened.value()).isEqualTo(Long.MAX_VALUE);
    assertThat(opened.string()).isEqualTo("TEXT_");
    assertThat(opened.value()).isEqualTo("größe");
    assertThat(opened.isEmpty()).isTrue();
  }

  @Test
  void theSameValueOfTheSameVariableHasTheSameTag() {
    Tag tag = bulla.tag(null, "orderId", "string", "A-1");
    assertThat(bulla.tag(null, "orderId", "string", "A-1")).isEqualTo(tag);
    assertThat(bulla.tag(null, "orderId", "string", "A-2")).isNotEqualTo(tag);
    assertThat(bulla.tag("acme", "orderId", "string", "A-1")).isNotEqualTo(tag);
    assertThat(tag.number()).isNotNegative();
    assertThat(tag.real()).isFinite();
  }

  @Test
  void thePolicySaysWhatBecomesOfAVariable() {
    assertThat(bulla.rule("anything")).isEqualTo(Rule.SEALED);
    assertThat(bulla.rule("status")).isEqualTo(Rule.PLAIN);
    assertThat(bulla.rule("orderId")).isEqualTo(Rule.SEARCHABLE);
  }

  @Test
  void anotherProcessOfTheInstallationOpensAndTagsTheSame() {
    String envelope = bulla.seal("x", PLACE);
    try (Bulla other = Bulla.open(directory.resolve("bulla.toml"))) {
      assertThat(other.openText(envelope, PLACE)).isEqualTo("x");
      assertThat(other.tag(null, "orderId", "string", "A-1"))
          .isEqualTo(bulla.tag(null, "orderId", "string", "A-1"));
      assertThat(other.disclose()).isEqualTo(bulla.disclose());
    }
  }

  @Test
  void anEnvelopeCutAnywhereIsRefused() {
    String envelope = bulla.seal("x", PLACE);
    for (int length = 0; length < envelope.length(); length++) {
      String cut = envelope.substring(0, length);
      assertThatThrownBy(() -> bulla.open(cut, PLACE)).isInstanceOf(BullaException.class);
    }
  }

  @Test
  void anEnvelopeWithAnyByteFlippedIsRefused() {
    byte[] envelope = bulla.seal("x", PLACE).getBytes(UTF_8);
    for (int i = 0; i < envelope.length; i++) {
      byte[] flipped = envelope.clone();
      flipped[i] ^= 1;
      assertThatThrownBy(() -> bulla.openBytes(flipped, PLACE)).isInstanceOf(BullaException.class);
    }
  }

  @Test
  void closingWhileThreadsSealIsSafe() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try {
      for (int round = 0; round < 20; round++) {
        Bulla shared = Bulla.open(directory.resolve("bulla.toml"));
        List<Future<Kind>> ends = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          ends.add(threads.submit(() -> sealUntilRefused(shared)));
        }
        Future<?> closed = threads.submit(shared::close);
        for (Future<Kind> end : ends) {
          assertThat(end.get()).isEqualTo(Kind.CLOSED);
        }
        closed.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void useAfterCloseIsAnErrorInEveryMethod() {
    String envelope = bulla.seal("x", PLACE);
    bulla.close();
    List<Consumer<Bulla>> uses =
        List.of(
            b -> b.seal("x", PLACE),
            b -> b.seal(new byte[1], PLACE),
            b -> b.seal(ByteBuffer.allocate(1), PLACE),
            b -> b.open(envelope, PLACE),
            b -> b.sealColumns(PLACE, new PackedWriter().i32(0)),
            b -> b.openColumns(PLACE, envelope),
            b -> b.tag(null, "orderId", "string", "x"),
            b -> b.rule("x"),
            Bulla::disclose);
    for (Consumer<Bulla> use : uses) {
      assertKind(Kind.CLOSED, () -> use.accept(bulla));
    }
  }

  @Test
  void aValueOfAnotherSortThanWasSealedIsRefused() {
    assertKind(
        Kind.MALFORMED_ENVELOPE,
        () -> bulla.openColumns(PLACE, bulla.seal(new byte[100_000], PLACE)));
    assertKind(
        Kind.MALFORMED_ENVELOPE,
        () -> bulla.open(bulla.sealColumns(PLACE, new PackedWriter().i32(0)), PLACE));
  }

  @Test
  void columnsThatEndEarlyAreRefused() {
    assertKind(Kind.INVALID_ARGUMENT, () -> bulla.sealColumns(PLACE, new PackedWriter().i32(1)));
  }

  @Test
  void aNullArrayIsRefusedByTheNativesToo() {
    assertKind(Kind.INVALID_ARGUMENT, () -> VaultNative.inspect(null))
        .hasMessage("a byte array is null");
  }

  private static Kind sealUntilRefused(Bulla shared) {
    byte[] value = new byte[20_000];
    try {
      while (true) {
        assertThat(Arrays.equals(shared.open(shared.seal(value, PLACE), PLACE), value)).isTrue();
      }
    } catch (BullaException e) {
      return e.kind();
    }
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertKind(
      Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
