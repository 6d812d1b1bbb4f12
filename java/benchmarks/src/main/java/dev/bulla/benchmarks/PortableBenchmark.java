package dev.bulla.benchmarks;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.AESDecrypter;
import com.nimbusds.jose.crypto.AESEncrypter;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import dev.bulla.Opener;
import dev.bulla.Sealer;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
 * Portable envelopes beside those of Nimbus JOSE + JWT, bytes to text and back: with a content key
 * that is at hand ({@code dir}), and with one that is wrapped for each message ({@code A256KW}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PortableBenchmark {
  private static final String CONTEXT = "{\"order\":4711,\"process\":\"loan\"}";

  /** The length of the plaintext. */
  @Param({"1024", "1048576"})
  public int size;

  private final byte[] key = new byte[32];
  private byte[] value;
  private Sealer sealer;
  private Opener opener;
  private String envelope;
  private String direct;
  private String wrapped;

  /** Makes keys and one envelope of each sort. */
  @Setup
  public void prepare() throws Exception {
    Random random = new Random(1);
    random.nextBytes(key);
    value = new byte[size];
    random.nextBytes(value);
    String k = Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    String jwk = "{\"kty\":\"oct\",\"alg\":\"A256KW\",\"k\":\"" + k + "\"}";
    sealer = Sealer.of(jwk);
    opener = Opener.of(jwk);
    envelope = sealByBulla();
    direct = sealByNimbusDirect();
    wrapped = sealByNimbusKeyWrap();
    if (!Arrays.equals(value, openByBulla())
        || !Arrays.equals(value, openByNimbusDirect())
        || !Arrays.equals(value, openByNimbusKeyWrap())) {
      throw new IllegalStateException("a value did not come back");
    }
  }

  /** Forgets the keys. */
  @TearDown
  public void close() {
    sealer.close();
    opener.close();
  }

  @Benchmark
  public String sealByBulla() {
    return sealer.seal(value, CONTEXT);
  }

  @Benchmark
  public byte[] openByBulla() {
    return opener.open(envelope, CONTEXT);
  }

  @Benchmark
  public String sealByNimbusDirect() throws JOSEException {
    JWEObject jwe = new JWEObject(header(JWEAlgorithm.DIR), new Payload(value));
    jwe.encrypt(new DirectEncrypter(key));
    return jwe.serialize();
  }

  @Benchmark
  public byte[] openByNimbusDirect() throws JOSEException, ParseException {
    JWEObject jwe = JWEObject.parse(direct);
    jwe.decrypt(new DirectDecrypter(key));
    return jwe.getPayload().toBytes();
  }

  @Benchmark
  public String sealByNimbusKeyWrap() throws JOSEException {
    JWEObject jwe = new JWEObject(header(JWEAlgorithm.A256KW), new Payload(value));
    jwe.encrypt(new AESEncrypter(key));
    return jwe.serialize();
  }

  @Benchmark
  public byte[] openByNimbusKeyWrap() throws JOSEException, ParseException {
    JWEObject jwe = JWEObject.parse(wrapped);
    jwe.decrypt(new AESDecrypter(key));
    return jwe.getPayload().toBytes();
  }

  private static JWEHeader header(JWEAlgorithm algorithm) {
    return new JWEHeader.Builder(algorithm, EncryptionMethod.A256GCM)
        .customParam("ctx", CONTEXT)
        .build();
  }
}
