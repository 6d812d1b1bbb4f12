package dev.bulla.benchmarks;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.CryptoMaterialsManager;
import com.amazonaws.encryptionsdk.caching.CachingCryptoMaterialsManager;
import com.amazonaws.encryptionsdk.caching.LocalCryptoMaterialsCache;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import dev.bulla.Bulla;
import dev.bulla.Context;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;
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
 * The stored form beside the AWS Encryption SDK and Tink's envelope encryption, bytes to bytes,
 * each with the same context and a master key in memory.
 *
 * <p>The Encryption SDK commits to its key and does not sign; its caching materials manager keeps a
 * data key for an hour, without a limit of messages. Tink makes a data key for each message: it
 * keeps none.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class StoredBenchmark {
  private static final Map<String, String> PLACE =
      Map.of(
          "table", "ACT_RU_VARIABLE",
          "row", "3f2d6a4e-95a1-11f0-8de9-0242ac120002",
          "column", "value",
          "name", "application",
          "type", "json",
          "instance", "3f2d6a4e-95a1-11f0-8de9-0242ac120001");

  /** The length of the value. */
  @Param({"1024", "1048576"})
  public int size;

  private final byte[] aad = new byte[120];
  private byte[] value;
  private Installation installation;
  private Bulla bulla;
  private Context context;
  private AwsCrypto sdk;
  private CryptoMaterialsManager materials;
  private Aead tink;
  private byte[] bullaEnvelope;
  private byte[] sdkMessage;
  private byte[] tinkCiphertext;

  /** Makes keys and one envelope of each sort. */
  @Setup
  public void prepare() throws Exception {
    Random random = new Random(1);
    byte[] master = new byte[32];
    random.nextBytes(master);
    value = new byte[size];
    random.nextBytes(value);
    installation = new Installation();
    bulla = installation.open();
    context = Installation.variable();
    sdk =
        AwsCrypto.builder()
            .withCommitmentPolicy(CommitmentPolicy.RequireEncryptRequireDecrypt)
            .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
            .build();
    materials =
        CachingCryptoMaterialsManager.newBuilder()
            .withMasterKeyProvider(
                JceMasterKey.getInstance(
                    new SecretKeySpec(master, "AES"), "bench", "master", "AES/GCM/NoPadding"))
            .withCache(new LocalCryptoMaterialsCache(100))
            .withMaxAge(1, TimeUnit.HOURS)
            .build();
    AeadConfig.register();
    tink = KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, new AesGcmJce(master));
    bullaEnvelope = sealByBulla();
    sdkMessage = sealByEncryptionSdk();
    tinkCiphertext = sealByTink();
    if (!Arrays.equals(value, openByBulla())
        || !Arrays.equals(value, openByEncryptionSdk())
        || !Arrays.equals(value, openByTink())) {
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
  public byte[] sealByEncryptionSdk() {
    return sdk.encryptData(materials, value, PLACE).getResult();
  }

  @Benchmark
  public byte[] openByEncryptionSdk() {
    return sdk.decryptData(materials, sdkMessage).getResult();
  }

  @Benchmark
  public byte[] sealByTink() throws GeneralSecurityException {
    return tink.encrypt(value, aad);
  }

  @Benchmark
  public byte[] openByTink() throws GeneralSecurityException {
    return tink.decrypt(tinkCiphertext, aad);
  }
}
