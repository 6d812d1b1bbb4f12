package dev.bulla.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bulla.Bulla;
import dev.bulla.Context;
import dev.bulla.Sealer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals one value and says so, for {@link ColdStart}. It prints how long the envelope is, and the
 * processor time that all of its threads have used until then, in nanoseconds; -1 where the system
 * does not tell.
 */
final class FirstValue {
  private static final byte[] VALUE = new byte[1024];
  private static final String CONTEXT = "{\"order\":4711}";

  private FirstValue() {}

  /** Arguments: by what, and the key, a JWK or in base64url, or the configuration. */
  public static void main(String[] arguments) throws Exception {
    int length =
        switch (arguments[0]) {
          case "nothing" -> 0;
          case "jce" -> jce(Base64.getUrlDecoder().decode(arguments[1]));
          case "portable" -> portable(arguments[1]);
          case "stored" -> stored(Path.of(arguments[1]));
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    System.out.println(length);
    System.out.println(processorTime());
  }

  private static int jce(byte[] key) throws GeneralSecurityException {
    byte[] nonce = new byte[12];
    new SecureRandom().nextBytes(nonce);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(CONTEXT.getBytes(US_ASCII));
    return cipher.doFinal(VALUE).length;
  }

  private static int portable(String key) {
    return Sealer.of(key).seal(VALUE, CONTEXT).length();
  }

  private static int stored(Path configuration) {
    return Bulla.open(configuration).seal(VALUE, Context.of("orders", "4711", "note")).length();
  }

  private static long processorTime() {
    long sum = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        String times = Files.readString(thread.resolve("schedstat"));
        sum += Long.parseLong(times, 0, times.indexOf(' '), 10);
      }
      return sum;
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }
}
