package dev.bulla;

import dev.bulla.BullaException.Kind;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * An object of the native library, held by its address.
 *
 * <p>Threads may use it at once, and close it while others are inside: it takes no new callers from
 * then on, and the last one to leave frees it. What is never closed is freed once it is
 * unreachable.
 */
abstract class NativeHandle implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Guard guard;
  private final Cleaner.Cleanable net;

  /**
   * Takes over {@code address}, which {@code free} gives back.
   *
   * @param free must not refer to this object, or the net never catches
   */
  NativeHandle(long address, LongConsumer free) {
    guard = new Guard(address, free, getClass().getSimpleName());
    net = CLEANER.register(this, guard);
  }

  /** Calls {@code call} with the address, which is valid until it returns. */
  final <T> T use(LongFunction<T> call) {
    long address = guard.enter();
    try {
      return call.apply(address);
    } finally {
      guard.leave();
    }
  }

  /**
   * The address, valid until {@link #leave}; for calls too frequent for a lambda, or among a JVM's
   * first.
   */
  final long enter() {
    return guard.enter();
  }

  /** Ends what {@link #enter} began. */
  final void leave() {
    guard.leave();
  }

  /**
   * Closes this object; later uses throw {@link Kind#CLOSED}. Does not wait for calls inside: they
   * end as usual and the last of them frees what is held. Closing twice does nothing.
   */
  @Override
  public void close() {
    net.clean();
  }

  /** Counts the callers inside; apart from the handle so that the cleaner does not hold it. */
  private static final class Guard implements Runnable {
    /** Set in {@link #state} when closed; the bits below count the callers. */
    private static final long CLOSED = 1L << 62;

    /** Added to {@link #CLOSED} when freed. */
    private static final long FREED = 1L << 61;

    private final AtomicLong state = new AtomicLong();
    private final long address;
    private final LongConsumer free;
    private final String what;

    Guard(long address, LongConsumer free, String what) {
      this.address = address;
      this.free = free;
      this.what = what;
    }

    long enter() {
      if (state.getAndIncrement() >= CLOSED) {
        leave();
        throw new BullaException(Kind.CLOSED, what + " is closed; open another one");
      }
      return address;
    }

    void leave() {
      if (state.decrementAndGet() == CLOSED) {
        freeOnce();
      }
    }

    @Override
    public void run() {
      if (state.getAndAdd(CLOSED) == 0) {
        freeOnce();
      }
    }

    /** A refused caller may bring the count back to {@link #CLOSED} again: only one frees. */
    private void freeOnce() {
      if (state.compareAndSet(CLOSED, CLOSED + FREED)) {
        free.accept(address);
      }
    }
  }
}
