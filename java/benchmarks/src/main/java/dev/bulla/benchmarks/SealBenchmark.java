package dev.bulla.benchmarks;

import dev.bulla.Bulla;
import dev.bulla.Context;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SealedObject;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Seals and opens values, bytes to bytes, beside what the JDK offers: AES-GCM of the JCE with a
 * fresh cipher and nonce for each value and the context as additional data, and {@link
 * SealedObject}, which binds to no context, with the serialisation that storing it takes.
 *
 * <p>It takes samples, because their median holds on a machine that does other work too, and a mean
 * does not.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SealBenchmark {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  /** The length of the value. */
  @Param({"256", "1024", "16384"})
  public int size;

  private final SecureRandom random = new SecureRandom();
  private final byte[] aad = new byte[120];
  private Installation installation;
  private Bulla bulla;
  private Context context;
  private SecretKey key;
  private byte[] value;
  private byte[] bullaEnvelope;
  private byte[] jceEnvelope;
  private byte[] sealedObject;

  /** Makes keys and one envelope of each sort. */
  @Setup
  public void prepare() throws Exception {
    installation = new Installation();
    bulla = installation.open();
    context = Installation.variable();
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(256);
    key = generator.generateKey();
    value = new byte[size];
    new Random(1).nextBytes(value);
    bullaEnvelope = bulla.sealBytes(value, context);
    jceEnvelope = sealByJce();
    sealedObject = sealBySealedObject();
    if (!Arrays.equals(value, openByBulla())
        || !Arrays.equals(value, openByJce())
        || !Arrays.equals(value, openBySealedObject())) {
      throw new IllegalStateException("a value did not come back");
    }
  }

  /** Removes the keys. */
  @TearDown
  public void remove() throws IOException {
    bulla.close();
    installation.close();
  }

  @Benchmark
  public byte[] sealByBulla() {
    return bulla.sealBytes(value, context);
  }

  @Benchmark
  public byte[] openByBulla() {
    return bulla.openBytes(bullaEnvelope, context);
  }

  @Benchmark
  public byte[] sealByJce() throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce);
    cipher.updateAAD(aad);
    byte[] sealed = Arrays.copyOf(nonce, NONCE + value.length + TAG_BITS / 8);
    cipher.doFinal(value, 0, value.length, sealed, NONCE);
    return sealed;
  }

  @Benchmark
  public byte[] openByJce() throws GeneralSecurityException {
    Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(jceEnvelope, NONCE));
    cipher.updateAAD(aad);
    return cipher.doFinal(jceEnvelope, NONCE, jceEnvelope.length - NONCE);
  }

  @Benchmark
  public byte[] sealBySealedObject() throws GeneralSecurityException, IOException {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    SealedObject sealed = new SealedObject(value, cipher(Cipher.ENCRYPT_MODE, nonce));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length + 512);
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sealed);
    }
    return bytes.toByteArray();
  }

  @Benchmark
  public byte[] openBySealedObject()
      throws GeneralSecurityException, IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(sealedObject))) {
      SealedObject sealed = (SealedObject) in.readObject();
      return (byte[]) sealed.getObject(key);
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }
}
