package dev.bulla;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bulla.BullaException.Kind;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.Objects;

/** Signs with a private key of the JCE. */
final class JceSigner implements Signer {
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private final PrivateKey key;
  private final PublicKey publicKey;
  private final String algorithm;
  private final String name;
  private final AlgorithmParameterSpec parameters;

  private JceSigner(
      PrivateKey key,
      PublicKey publicKey,
      String algorithm,
      String name,
      AlgorithmParameterSpec parameters) {
    this.key = key;
    this.publicKey = publicKey;
    this.algorithm = algorithm;
    this.name = name;
    this.parameters = parameters;
  }

  static JceSigner of(PrivateKey key, PublicKey publicKey, String algorithm) {
    String kind = publicKey.getAlgorithm();
    String wanted =
        algorithm != null
            ? algorithm
            : switch (kind) {
              case "EdDSA", "Ed25519" -> "EdDSA";
              case "EC" -> "ES256";
              default -> "PS256";
            };
    return switch (kind + " " + wanted) {
      case "EdDSA EdDSA", "Ed25519 EdDSA" -> new JceSigner(key, publicKey, wanted, "Ed25519", null);
      case "EC ES256" ->
          new JceSigner(key, publicKey, wanted, "SHA256withECDSAinP1363Format", null);
      case "RSA PS256" -> new JceSigner(key, publicKey, wanted, "RSASSA-PSS", PSS);
      case "RSA RS256" -> new JceSigner(key, publicKey, wanted, "SHA256withRSA", null);
      default ->
          throw new BullaException(
              Kind.INVALID_ARGUMENT,
              ("a key of %s does not sign by %s: Ed25519 signs by EdDSA, EC of P-256 by ES256, RSA"
                      + " by PS256 or RS256")
                  .formatted(kind, wanted));
    };
  }

  @Override
  public String publicKey() {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(publicKey.getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
  }

  @Override
  public String algorithm() {
    return algorithm;
  }

  @Override
  public byte[] sign(byte[] message) throws GeneralSecurityException {
    Objects.requireNonNull(message, "message");
    Signature signature = Signature.getInstance(name);
    if (parameters != null) {
      signature.setParameter(parameters);
    }
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }
}
