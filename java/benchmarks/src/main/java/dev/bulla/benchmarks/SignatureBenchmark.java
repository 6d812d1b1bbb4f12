package dev.bulla.benchmarks;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Signer;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetKeyPairGenerator;
import dev.bulla.Form;
import dev.bulla.Signer;
import dev.bulla.Verifier;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.SignedObject;
import java.text.ParseException;
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
 * Statements of 1 KiB beside JWS of Nimbus JOSE + JWT (Ed25519 by Tink, as it wants) and {@link
 * SignedObject} with an RSA key of 2048 bits.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SignatureBenchmark {
  /** The algorithm of Bulla and Nimbus. */
  @Param({"EdDSA", "ES256"})
  public String algorithm;

  private final byte[] document = new byte[1024];
  private Signer signer;
  private Verifier verifier;
  private JWSSigner nimbusSigner;
  private JWSVerifier nimbusVerifier;
  private KeyPair rsa;
  private String statement;
  private String jws;
  private SignedObject signed;

  /** Makes keys and one statement of each sort. */
  @Setup
  public void prepare() throws Exception {
    new Random(1).nextBytes(document);
    String jwk;
    if (algorithm.equals("EdDSA")) {
      OctetKeyPair key = new OctetKeyPairGenerator(Curve.Ed25519).generate();
      jwk = key.toJSONString();
      nimbusSigner = new Ed25519Signer(key);
      nimbusVerifier = new Ed25519Verifier(key.toPublicJWK());
    } else {
      ECKey key = new ECKeyGenerator(Curve.P_256).generate();
      jwk = key.toJSONString();
      nimbusSigner = new ECDSASigner(key);
      nimbusVerifier = new ECDSAVerifier(key.toPublicJWK());
    }
    signer = Signer.of(jwk);
    verifier = Verifier.of(jwk);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    rsa = generator.generateKeyPair();
    statement = signByBulla();
    jws = signByNimbus();
    signed = signBySignedObject();
    verifyByBulla();
    if (!verifyByNimbus() || !verifyBySignedObject()) {
      throw new IllegalStateException("a statement was not verified");
    }
  }

  /** Forgets the keys. */
  @TearDown
  public void close() {
    signer.close();
    verifier.close();
  }

  @Benchmark
  public String signByBulla() {
    return signer.sign(document, Form.COMPACT);
  }

  @Benchmark
  public byte[] verifyByBulla() {
    return verifier.verify(statement);
  }

  @Benchmark
  public String signByNimbus() throws JOSEException {
    JWSObject object =
        new JWSObject(new JWSHeader(JWSAlgorithm.parse(algorithm)), new Payload(document));
    object.sign(nimbusSigner);
    return object.serialize();
  }

  @Benchmark
  public boolean verifyByNimbus() throws JOSEException, ParseException {
    return JWSObject.parse(jws).verify(nimbusVerifier);
  }

  @Benchmark
  public SignedObject signBySignedObject() throws GeneralSecurityException, IOException {
    return new SignedObject(document, rsa.getPrivate(), Signature.getInstance("SHA256withRSA"));
  }

  @Benchmark
  public boolean verifyBySignedObject() throws GeneralSecurityException {
    return signed.verify(rsa.getPublic(), Signature.getInstance("SHA256withRSA"));
  }
}
