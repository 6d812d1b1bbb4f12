package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was sealed opens with other software alone: Nimbus JOSE + JWT, and the JCE's key wrap. */
class JoseInteroperabilityTest {
  private static final Context PLACE =
      Context.builder("ACT_RU_VARIABLE", "17", "value").name("größe").type("string").build();

  @TempDir Path directory;
  private Path configuration;
  private FileKeyRegistry registry;

  @BeforeEach
  void configure() throws Exception {
    configuration = Installation.in(directory);
    registry = new FileKeyRegistry(directory.resolve("keys/registry.jsonl"));
  }

  @Test
  void anEnvelopeOfTextOpensWithTheDataKey() throws Exception {
    JWEObject opened = open("größe 𝄞");
    assertThat(opened.getHeader().getAlgorithm()).isEqualTo(JWEAlgorithm.DIR);
    assertThat(opened.getHeader().getEncryptionMethod()).isEqualTo(EncryptionMethod.A256GCM);
    byte[] padded = opened.getPayload().toBytes();
    // ISO/IEC 7816-4: the byte 0x80 ends the value, zeros follow.
    int end = padded.length - 1;
    while (padded[end] == 0) {
      end--;
    }
    assertThat(padded[end]).isEqualTo((byte) 0x80);
    assertThat(new String(Arrays.copyOf(padded, end), UTF_8)).isEqualTo("größe 𝄞");
    assertThat(padded.length % 32).isZero();
  }

  @Test
  void anEnvelopeOfColumnsOpensAsJson() throws Exception {
    String envelope;
    try (Bulla bulla = Bulla.open(configuration)) {
      PackedWriter columns = new PackedWriter().i32(1).string("TEXT_").value("größe");
      envelope = bulla.sealColumns(PLACE, columns);
    }
    JWEObject opened = JWEObject.parse(envelope);
    opened.decrypt(new DirectDecrypter(dataKey(opened.getHeader().getKeyID())));
    assertThat(opened.getHeader().getContentType()).isEqualTo("json");
    assertThat(opened.getPayload().toJSONObject()).containsEntry("TEXT_", "größe");
  }

  @Test
  void theHeaderNamesTheContext() throws Exception {
    Object context = open("x").getHeader().getCustomParam("ctx");
    assertThat(context)
        .isEqualTo(
            Map.of(
                "l",
                "loans",
                "t",
                "ACT_RU_VARIABLE",
                "r",
                "17",
                "g",
                "value",
                "n",
                "größe",
                "y",
                "string"));
  }

  private JWEObject open(String text) throws Exception {
    String envelope;
    try (Bulla bulla = Bulla.open(configuration)) {
      envelope = bulla.seal(text, PLACE);
    }
    JWEObject opened = JWEObject.parse(envelope);
    opened.decrypt(new DirectDecrypter(dataKey(opened.getHeader().getKeyID())));
    return opened;
  }

  /** Unwraps a data key of the registry with the master key, and checks its id. */
  private SecretKey dataKey(String kid) throws Exception {
    OctetSequenceKey master =
        OctetSequenceKey.parse(Files.readString(directory.resolve("keys/master.jwk")));
    Map<String, Object> row =
        JWSObject.parse(registry.row(kid).orElseThrow()).getPayload().toJSONObject();
    Cipher unwrapping = Cipher.getInstance("AESWrap");
    unwrapping.init(Cipher.UNWRAP_MODE, master.toSecretKey("AES"));
    byte[] wrapped = Base64URL.from((String) row.get("wrapped")).decode();
    SecretKey key = (SecretKey) unwrapping.unwrap(wrapped, "AES", Cipher.SECRET_KEY);
    assertThat(new OctetSequenceKey.Builder(key).build().computeThumbprint().toString())
        .isEqualTo(kid);
    return key;
  }
}
