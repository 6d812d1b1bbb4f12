package dev.bulla.engine.node;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done again and again in a thread of its own. */
@Timeout(60)
class RepeatedTest {

  private final AtomicInteger times = new AtomicInteger();
  private final CountDownLatch third = new CountDownLatch(3);

  @Test
  void nothing_that_goes_wrong_ends_it() throws Exception {
    repeat(
        Duration.ofMillis(1),
        () -> {
          switch (times.incrementAndGet()) {
            case 1 -> throw new IllegalStateException("on purpose");
            case 2 -> throw new StackOverflowError("on purpose");
            case 3 -> throw new IOException("on purpose");
            default -> third.countDown();
          }
        });
  }

  @Test
  void an_interrupt_does_not_end_it() throws Exception {
    repeat(
        Duration.ofMillis(1),
        () -> {
          Thread.currentThread().interrupt();
          third.countDown();
        });
  }

  @Test
  void it_does_not_wait_when_it_is_urged() throws Exception {
    Repeated[] self = new Repeated[1];
    self[0] =
        repeated(
            Duration.ofDays(1),
            () -> {
              third.countDown();
              self[0].urge();
            });
    self[0].urge();
    run(self[0]);
  }

  private void repeat(Duration interval, Repeated.Work work) throws Exception {
    run(repeated(interval, work));
  }

  private void run(Repeated repeated) throws Exception {
    repeated.start();
    third.await();
    repeated.stop();
    repeated.join();
  }

  private static Repeated repeated(Duration interval, Repeated.Work work) {
    return new Repeated("repeated", interval, work, "It fails", "It works again");
  }
}
