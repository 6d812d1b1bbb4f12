package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class NativeHandleTest {
  @Test
  void useAfterCloseIsAnErrorThatNamesTheObject() {
    Thing thing = new Thing(address -> {});
    thing.close();
    assertThatThrownBy(() -> thing.use(address -> address))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED))
        .hasMessage("Thing is closed; open another one");
  }

  @Test
  void closingTwiceFreesOnce() {
    AtomicInteger freed = new AtomicInteger();
    Thing thing = new Thing(address -> freed.incrementAndGet());
    thing.close();
    thing.close();
    assertThat(freed).hasValue(1);
  }

  @Test
  void closingWhileAThreadIsInsideFreesWhenItLeaves() throws Exception {
    AtomicInteger freed = new AtomicInteger();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Thing thing = new Thing(address -> freed.incrementAndGet());
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> call =
          thread.submit(
              () ->
                  thing.use(
                      address -> {
                        inside.countDown();
                        await(go);
                        return freed.get();
                      }));
      inside.await();
      thing.close();
      assertThatThrownBy(() -> thing.use(address -> address)).isInstanceOf(BullaException.class);
      assertThat(freed).hasValue(0);
      go.countDown();
      assertThat(call.get()).isZero();
      assertThat(freed).hasValue(1);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void noThreadIsEverInsideAFreedObjectAndEachIsFreedOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 200; round++) {
        AtomicInteger freed = new AtomicInteger();
        Thing thing = new Thing(address -> freed.incrementAndGet());
        List<Future<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          calls.add(threads.submit(() -> usedUntilClosed(thing, freed)));
        }
        threads.submit(thing::close).get();
        for (Future<Boolean> call : calls) {
          assertThat(call.get()).isTrue();
        }
        assertThat(freed).hasValue(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatIsNeverClosedIsFreedOnceUnreachable() throws Exception {
    CountDownLatch freed = new CountDownLatch(1);
    assertThat(new Thing(address -> freed.countDown()).<Long>use(address -> address)).isEqualTo(7);
    for (int i = 0; i < 100 && freed.getCount() > 0; i++) {
      System.gc();
      freed.await(100, TimeUnit.MILLISECONDS);
    }
    assertThat(freed.getCount()).isZero();
  }

  private static boolean usedUntilClosed(Thing thing, AtomicInteger freed) {
    try {
      while (thing.use(address -> freed.get() == 0)) {
        LockSupport.parkNanos(1_000);
      }
      return false;
    } catch (BullaException e) {
      return e.kind() == Kind.CLOSED;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Thing extends NativeHandle {
    Thing(LongConsumer free) {
      super(7, free);
    }
  }
}
