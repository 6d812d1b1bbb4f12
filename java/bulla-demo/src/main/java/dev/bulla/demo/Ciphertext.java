package dev.bulla.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/**
 * The encrypted part of an envelope, as somebody sees it who has no key.
 *
 * <p>The cipher adds a key stream to the text: who guesses a part of the text can turn it into any
 * other of the same length. What keeps him from it is the tag at the envelope's end.
 */
final class Ciphertext {
  private static final int PLACE = 3;

  private final String[] envelope;

  private Ciphertext(String[] envelope) {
    this.envelope = envelope;
  }

  /** Of an envelope, a JWE in compact form. */
  static Ciphertext in(byte[] envelope) {
    return new Ciphertext(new String(envelope, US_ASCII).split("\\.", -1));
  }

  /** The envelope with the bits turned in which two beginnings of the text differ. */
  byte[] exchanged(String known, String wanted) {
    byte[] text = Base64.getUrlDecoder().decode(envelope[PLACE]);
    byte[] from = known.getBytes(UTF_8);
    byte[] to = wanted.getBytes(UTF_8);
    for (int i = 0; i < from.length; i++) {
      text[i] = (byte) (text[i] ^ from[i] ^ to[i]);
    }
    String[] changed = envelope.clone();
    changed[PLACE] = Base64.getUrlEncoder().withoutPadding().encodeToString(text);
    return String.join(".", changed).getBytes(US_ASCII);
  }
}
