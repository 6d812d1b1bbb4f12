package dev.bulla.engine.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Content;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;

/** A script's value in the form in which it is sealed or signed. */
final class Document {

  private static final String TEXT = "text/plain";
  private static final String JSON = "json";
  private static final String BYTES = "octet-stream";

  private final byte[] bytes;
  private final String type;

  /**
   * @param bytes what is sealed or signed
   * @param type what it is: a media type, by the rule of RFC 7515 §4.1.10; null if nobody said
   */
  Document(byte[] bytes, String type) {
    this.bytes = bytes;
    this.type = type;
  }

  /**
   * A text is sealed as it is, bytes as they are, everything else as JSON.
   *
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} if JSON has no form for it; {@link
   *     Kind#LONE_SURROGATE}
   */
  static Document of(Object given) {
    Object value = Guest.toJava(given);
    if (value instanceof CharSequence text) {
      return new Document(utf8(text), TEXT);
    }
    if (value instanceof byte[] bytes) {
      return new Document(bytes, BYTES);
    }
    return new Document(utf8(JsonText.of(value)), JSON);
  }

  static Document from(Content content) {
    return new Document(content.bytes(), content.type());
  }

  /**
   * A text of JSON: a text is taken for one, and a map or a node of Spin's becomes one.
   *
   * @param what the argument's name
   */
  static String json(Object given, String what) {
    Object value = Guest.toJava(given);
    if (value == null) {
      throw new BullaException(Kind.INVALID_ARGUMENT, what + " is null");
    }
    return value instanceof CharSequence text ? text.toString() : JsonText.of(value);
  }

  byte[] bytes() {
    return bytes;
  }

  String type() {
    return type;
  }

  boolean isJson() {
    String name = name();
    return name.equals(JSON) || name.endsWith("+json");
  }

  /**
   * What a script expects to be given back: text for text, bytes for bytes, and for JSON a value of
   * the script's language. Without a type, or with another, text if the bytes are UTF-8.
   */
  Object value(JsonReader reader) {
    String name = name();
    if (name.equals(BYTES)) {
      return bytes;
    }
    String text = text();
    if (text == null) {
      if (isJson() || name.startsWith("text/")) {
        throw new BullaException(
            Kind.INVALID_UTF8, "the content says that it is %s and is not UTF-8".formatted(type));
      }
      return bytes;
    }
    if (!isJson()) {
      return text;
    }
    return Guest.isSpeaking() ? Guest.fromJson(text) : reader.read(text);
  }

  /** The type without its parameters, and without "application/", which may be left out. */
  private String name() {
    if (type == null) {
      return "";
    }
    String name = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return name.startsWith("application/") ? name.substring("application/".length()) : name;
  }

  private String text() {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static byte[] utf8(CharSequence text) {
    try {
      ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new BullaException(
          Kind.LONE_SURROGATE, "the text holds half of a surrogate pair, which has no UTF-8 form");
    }
  }
}
