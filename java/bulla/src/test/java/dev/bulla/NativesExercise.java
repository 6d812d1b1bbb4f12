package dev.bulla;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Calls every native in every way that its marshalling has, also where it fails. */
final class NativesExercise {
  private static final Context PLACE = Context.builder("T", "1", "value").name("größe").build();

  public static void main(String[] arguments) throws Exception {
    Path configuration = Installation.in(Path.of(arguments[0]));
    try (Bulla bulla = Bulla.open(configuration)) {
      exerciseVault(bulla);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        threads.add(new Thread(() -> exerciseVault(bulla)));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    fails(() -> Config.parse("nonsense", configuration));
    fails(() -> Config.load(configuration.resolveSibling("missing.toml")));
    LibraryNative.kinds();
    System.out.println("all natives called");
  }

  private static void exerciseVault(Bulla bulla) {
    for (int size : new int[] {0, 1, 1 << 10, 4 << 10, 64 << 10, 1 << 20}) {
      String envelope = bulla.seal(new byte[size], PLACE);
      if (bulla.open(envelope, PLACE).length != size) {
        throw new AssertionError("a value changed its size");
      }
      fails(() -> bulla.open(envelope, Context.of("T", "2", "value")));
      fails(() -> bulla.open(envelope.substring(1), PLACE));
      fails(() -> bulla.openColumns(PLACE, envelope));
      bulla.inspect(envelope);
    }
    PackedWriter columns = new PackedWriter().i32(1).string("TEXT_").value("x");
    bulla.openColumns(PLACE, bulla.sealColumns(PLACE, columns));
    fails(() -> bulla.sealColumns(PLACE, new PackedWriter().i32(1)));
    bulla.tag("acme", "orderId", "string", "x");
    bulla.rule("x");
    bulla.disclose();
    fails(() -> bulla.inspect("?"));
    fails(() -> VaultNative.inspect(null));
  }

  private static void fails(Runnable call) {
    try {
      call.run();
    } catch (BullaException expected) {
      return;
    }
    throw new AssertionError("a call went through that should have failed");
  }
}
