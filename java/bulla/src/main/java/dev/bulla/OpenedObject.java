package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException.Kind;
import java.util.ArrayList;
import java.util.List;

/** What an {@link ObjectOpener} found in an object, and what was around it. Immutable. */
public final class OpenedObject {
  private final String type;
  private final String mediaType;
  private final byte[] bytes;
  private final boolean authenticated;
  private final List<Layer> layers;

  /**
   * What was around the content, and held.
   *
   * @param key the id of the key that verified or opened it
   * @param algorithm the algorithm's Java name, as the object said it
   * @param signature whether it is a signature; else it is an encryption
   * @param authenticated whether it says who made what is in it
   */
  public record Layer(String key, String algorithm, boolean signature, boolean authenticated) {}

  OpenedObject(PackedReader packed) {
    type = packed.string();
    mediaType = packed.string();
    bytes = packed.bytes();
    authenticated = packed.u8() == 1;
    List<Layer> all = new ArrayList<>();
    while (!packed.isEmpty()) {
      all.add(new Layer(packed.string(), packed.string(), packed.u8() == 1, packed.u8() == 1));
    }
    layers = List.copyOf(all);
  }

  /**
   * Whether a signature or AES-GCM says who made the content. If not, whoever could write to where
   * the object lay may have changed it or made it up.
   */
  public boolean isAuthenticated() {
    return authenticated;
  }

  /** What was around the content, the outermost first. */
  public List<Layer> layers() {
    return layers;
  }

  /**
   * What the content was: {@code java.lang.String}, {@code byte[]}, the class of a boxed boolean or
   * number, or {@code java.lang.Object} for anything else.
   */
  public String type() {
    return type;
  }

  /** The media type of {@link #bytes()}, which the envelope that it is sealed in can state. */
  public String mediaType() {
    return mediaType;
  }

  /**
   * The content: a string, number or boolean as text in UTF-8, bytes as they are, and anything else
   * as the serialisation stream that it is.
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * The text of a string, a number or a boolean.
   *
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} if it is none of them
   */
  public String text() {
    if (!mediaType.startsWith("text/")) {
      throw new BullaException(
          Kind.INVALID_ARGUMENT, "the content is not text: it was of type " + type);
    }
    return new String(bytes, UTF_8);
  }

  /**
   * The content as it was: a String, Boolean, Byte, Short, Integer, Long, Float or Double, or the
   * {@code byte[]}; of any other object the {@code byte[]} that it was serialised as.
   */
  public Object value() {
    return switch (type) {
      case "java.lang.String" -> text();
      case "java.lang.Boolean" -> Boolean.valueOf(text());
      case "java.lang.Byte" -> Byte.valueOf(text());
      case "java.lang.Short" -> Short.valueOf(text());
      case "java.lang.Integer" -> Integer.valueOf(text());
      case "java.lang.Long" -> Long.valueOf(text());
      case "java.lang.Float" -> Float.valueOf(text());
      case "java.lang.Double" -> Double.valueOf(text());
      default -> bytes();
    };
  }

  /** What is around the content; never the content. */
  @Override
  public String toString() {
    return "OpenedObject[type=%s, authenticated=%s, layers=%s]"
        .formatted(type, authenticated, layers);
  }
}
