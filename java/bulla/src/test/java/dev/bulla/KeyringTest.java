package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {
  private static final Context PLACE = Context.of("T", "1", "value");

  @TempDir static Path directory;
  private static Config config;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);

  @BeforeAll
  static void configure() throws IOException {
    config = Config.load(Installation.in(directory));
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void threadsThatLackADataKeyMakeOneTogether() throws Exception {
    MemoryKeyRegistry registry = new MemoryKeyRegistry();
    try (Bulla bulla = Bulla.open(config, registry)) {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<String>> envelopes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        envelopes.add(
            threads.submit(
                () -> {
                  start.await();
                  return bulla.seal("x", PLACE);
                }));
      }
      start.countDown();
      for (Future<String> envelope : envelopes) {
        assertThat(bulla.openText(envelope.get(), PLACE)).isEqualTo("x");
      }
    }
    assertThat(registry.rows(Purpose.DATA)).hasSize(1);
  }

  @Test
  void threadsThatLackTheSameKeyFetchItOnce() throws Exception {
    MemoryKeyRegistry registry = new MemoryKeyRegistry();
    byte[] envelope;
    try (Bulla bulla = Bulla.open(config, registry)) {
      envelope = bulla.sealBytes(new byte[] {'x'}, PLACE);
    }
    AtomicInteger fetched = new AtomicInteger();
    CountDownLatch answer = new CountDownLatch(1);
    KeyRegistry slow =
        new MemoryKeyRegistry() {
          @Override
          public Optional<String> row(String kid) {
            fetched.incrementAndGet();
            await(answer);
            return registry.row(kid);
          }
        };
    CountDownLatch lacked = new CountDownLatch(4);
    try (Vault vault = Vault.open(config, null)) {
      Keyring keyring = new Keyring(vault, slow, Keyring.PATIENCE);
      List<Future<byte[]>> opened = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        opened.add(threads.submit(() -> keyring.call(() -> tryToOpen(vault, envelope, lacked))));
      }
      lacked.await();
      answer.countDown();
      for (Future<byte[]> each : opened) {
        assertThat(each.get()).asString().isEqualTo("x");
      }
    }
    assertThat(fetched).hasValue(1);
  }

  @Test
  void aKeyThatTheRegistryDoesNotHaveIsNamedWithWhatToDo() {
    MemoryKeyRegistry registry = new MemoryKeyRegistry();
    try (Bulla bulla = Bulla.open(config, registry)) {
      String envelope = bulla.seal("x", PLACE);
      String kid = bulla.inspect(envelope).key();
      try (Bulla other = Bulla.open(config, new MemoryKeyRegistry())) {
        assertFails(Kind.UNKNOWN_KEY, () -> other.open(envelope, PLACE))
            .satisfies(error -> assertThat(((BullaException) error).key()).contains(kid))
            .hasMessageContaining("key " + kid + " is not in the keyring")
            .hasMessageContaining("put the row back");
      }
    }
  }

  @Test
  void aRegistryThatFailsLeavesNoKeyInUseAndIsAskedAgain() {
    MemoryKeyRegistry registry =
        new MemoryKeyRegistry() {
          private boolean failed;

          @Override
          public synchronized boolean add(KeyRow row) {
            if (row.purpose() == Purpose.DATA && !failed) {
              failed = true;
              throw new IllegalStateException("connection refused");
            }
            return super.add(row);
          }
        };
    try (Bulla bulla = Bulla.open(config, registry)) {
      assertFails(Kind.KEY_UNAVAILABLE, () -> bulla.seal("x", PLACE))
          .hasMessageContaining("a fresh data key cannot be had")
          .hasMessageContaining("connection refused")
          .hasMessageContaining("see whether its database answers");
      assertThat(registry.rows(Purpose.DATA)).isEmpty();
      assertThat(bulla.openText(bulla.seal("x", PLACE), PLACE)).isEqualTo("x");
    }
  }

  @Test
  void aThreadDoesNotWaitForAnotherForever() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    MemoryKeyRegistry stuck =
        new MemoryKeyRegistry() {
          @Override
          public synchronized boolean add(KeyRow row) {
            if (row.purpose() == Purpose.DATA) {
              asked.countDown();
              KeyringTest.await(answer);
            }
            return super.add(row);
          }
        };
    try (Bulla bulla = Bulla.open(config, stuck, null, Duration.ofMillis(20))) {
      Future<String> first = threads.submit(() -> bulla.seal("x", PLACE));
      asked.await();
      assertFails(Kind.KEY_UNAVAILABLE, () -> bulla.seal("y", PLACE))
          .hasMessageContaining("another thread has waited for the key registry");
      answer.countDown();
      assertThat(bulla.openText(first.get(), PLACE)).isEqualTo("x");
    }
  }

  @Test
  void aSingleKeyOfAFasterNodeIsTakenOver() {
    MemoryKeyRegistry registry = new MemoryKeyRegistry();
    try (Bulla first = Bulla.open(config, registry)) {
      KeyRegistry late =
          new MemoryKeyRegistry() {
            private boolean asked;

            @Override
            public List<String> rows(Purpose purpose) {
              boolean early = !asked;
              asked = true;
              return early ? List.of() : registry.rows(purpose);
            }
          };
      try (Bulla second = Bulla.open(config, late)) {
        assertThat(second.tag(null, "orderId", "string", "A"))
            .isEqualTo(first.tag(null, "orderId", "string", "A"));
        assertThat(second.disclose()).isEqualTo(first.disclose());
      }
    }
  }

  @Test
  void aRowThatNoTrustedNodeSignedIsRefused() throws IOException {
    MemoryKeyRegistry registry = new MemoryKeyRegistry();
    try (Bulla bulla = Bulla.open(config, registry)) {
      bulla.seal("x", PLACE);
    }
    Path strange = java.nio.file.Files.createTempDirectory(directory, "strange");
    Config other = Config.load(Installation.in(strange));
    assertFails(Kind.UNTRUSTED_KEY, () -> Bulla.open(other, registry))
        .hasMessageContaining("add it to keys.trusted");
  }

  private static byte[] tryToOpen(Vault vault, byte[] envelope, CountDownLatch lacked) {
    try {
      return vault.open(PLACE, envelope);
    } catch (BullaException e) {
      lacked.countDown();
      throw e;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
