package dev.bulla;

import dev.bulla.BullaException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Brings vault and registry together: the vault says which key it lacks, this fetches or makes it,
 * and the call is made again. Of the threads that lack the same key one does so, the others wait.
 */
final class Keyring {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Stands in {@link #flights} for the data key to be made. */
  private static final String FRESH = "a fresh data key";

  private final Vault vault;
  private final KeyRegistry registry;
  private final Duration patience;
  private final ConcurrentMap<String, CompletableFuture<Boolean>> flights =
      new ConcurrentHashMap<>();

  /** Counts the keys that were made or fetched. */
  private final AtomicInteger had = new AtomicInteger();

  Keyring(Vault vault, KeyRegistry registry, Duration patience) {
    this.vault = vault;
    this.registry = registry;
    this.patience = patience;
  }

  /** Learns the keys that an installation has one of, or makes them. */
  void prepare() {
    for (Purpose purpose : Purpose.values()) {
      if (purpose.isSingle()) {
        try {
          learnOrMake(purpose);
        } catch (RuntimeException e) {
          throw told(purpose.text() + " key", e);
        }
      }
    }
  }

  private void learnOrMake(Purpose purpose) {
    List<String> rows = registry.rows(purpose);
    if (rows.isEmpty()) {
      KeyRow row = vault.newKey(purpose);
      if (registry.add(row)) {
        vault.activate(row.kid());
        return;
      }
      rows = registry.rows(purpose); // Another node was faster.
    }
    for (String row : rows) {
      vault.learn(row);
    }
  }

  /** Makes {@code call}, and makes it again when a key that it lacked has been had. */
  <T> T call(Supplier<T> call) {
    boolean provided = false;
    while (true) {
      int before = had.get();
      try {
        return call.get();
      } catch (BullaException lacking) {
        if (provided) {
          throw lacking;
        }
        provided = provide(lacking, before);
      }
    }
  }

  /** Returns false if a key was had since {@code before}: it may be the one that lacks. */
  private boolean provide(BullaException lacking, int before) {
    if (lacking.kind() == Kind.DATA_KEY_NEEDED) {
      return once(FRESH, before);
    } else if (lacking.kind() == Kind.UNKNOWN_KEY && lacking.key().isPresent()) {
      return once(lacking.key().get(), before);
    }
    throw lacking;
  }

  private void have(String key) {
    if (key.equals(FRESH)) {
      make();
    } else {
      fetch(key);
    }
  }

  private void make() {
    KeyRow row = vault.newKey(Purpose.DATA);
    registry.add(row);
    vault.activate(row.kid());
  }

  private void fetch(String kid) {
    Optional<String> row = registry.row(kid);
    if (row.isEmpty()) {
      throw new BullaException(
          Kind.UNKNOWN_KEY,
          ("key %s is not in the keyring, and the key registry has no row of it; put the row back"
                  + " from a backup or from the anchors, which keep a copy of the registry")
              .formatted(kid),
          kid,
          null);
    }
    try {
      vault.learn(row.get());
    } catch (BullaException e) {
      throw new BullaException(
          e.kind(),
          ("key %s cannot be had from its row in the key registry: %s; if the row was changed, put"
                  + " it back from a backup or from the anchors, which keep a copy of the registry")
              .formatted(kid, e.getMessage()),
          kid,
          e);
    }
  }

  /** Has {@code key} unless another thread does so: then waits for that. */
  private boolean once(String key, int before) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> theirs = flights.putIfAbsent(key, mine);
    if (theirs != null) {
      return await(key, theirs);
    }
    try {
      if (had.get() != before) {
        return false;
      }
      have(key);
      had.incrementAndGet();
      mine.complete(true);
      return true;
    } catch (RuntimeException e) {
      BullaException told = told(key, e);
      mine.completeExceptionally(told);
      throw told;
    } finally {
      mine.complete(false);
      flights.remove(key, mine);
    }
  }

  private boolean await(String key, CompletableFuture<Boolean> flight) {
    try {
      return flight.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      BullaException cause = (BullaException) e.getCause();
      throw new BullaException(cause.kind(), cause.getMessage(), cause.key().orElse(null), cause);
    } catch (TimeoutException e) {
      throw unavailable(
          key,
          "another thread has waited for the key registry for %s s; see whether its database answers"
              .formatted(patience.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(key, "the thread was interrupted while it waited for the key registry", e);
    }
  }

  private static BullaException told(String key, RuntimeException e) {
    return e instanceof BullaException known
        ? known
        : unavailable(
            key, "the key registry failed (%s); see whether its database answers".formatted(e), e);
  }

  private static BullaException unavailable(String key, String problem, Throwable cause) {
    String what = key.equals(FRESH) ? key : "key " + key;
    return new BullaException(
        Kind.KEY_UNAVAILABLE,
        "%s cannot be had: %s".formatted(what, problem),
        key.equals(FRESH) ? null : key,
        cause);
  }
}
