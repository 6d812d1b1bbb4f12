package dev.bulla.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class CiphertextTest {
  private static final SecretKeySpec KEY = new SecretKeySpec(new byte[32], "AES");
  private static final byte[] NONCE = new byte[12];
  private static final int TAG = 16;

  @Test
  void whoeverDoesNotLookAtTheTagReadsTheOtherDocument() throws Exception {
    byte[] changed = changed();
    String[] parts = new String(changed, UTF_8).split("\\.", -1);
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    byte[] counter = ByteBuffer.allocate(16).put(NONCE).putInt(2).array();
    cipher.init(Cipher.DECRYPT_MODE, KEY, new IvParameterSpec(counter));
    byte[] text = cipher.doFinal(Base64.getUrlDecoder().decode(parts[3]));
    assertThat(text).asString().isEqualTo("{\"limit\":9000000,\"kind\":\"house\"}");
  }

  @Test
  void whoeverLooksAtTheTagRefusesIt() throws Exception {
    String[] parts = new String(changed(), UTF_8).split("\\.", -1);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, KEY, new GCMParameterSpec(8 * TAG, NONCE));
    cipher.update(Base64.getUrlDecoder().decode(parts[3]));
    assertThatThrownBy(() -> cipher.doFinal(Base64.getUrlDecoder().decode(parts[4])))
        .isInstanceOf(AEADBadTagException.class);
  }

  private static byte[] changed() throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, KEY, new GCMParameterSpec(8 * TAG, NONCE));
    byte[] sealed = cipher.doFinal("{\"limit\":2000000,\"kind\":\"house\"}".getBytes(UTF_8));
    int end = sealed.length - TAG;
    String envelope =
        String.join(
            ".",
            "e30",
            "",
            encode(NONCE),
            encode(Arrays.copyOf(sealed, end)),
            encode(Arrays.copyOfRange(sealed, end, sealed.length)));
    return Ciphertext.in(envelope.getBytes(UTF_8))
        .exchanged("{\"limit\":2000000", "{\"limit\":9000000");
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
