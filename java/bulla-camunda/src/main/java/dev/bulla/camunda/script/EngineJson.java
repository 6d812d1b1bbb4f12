package dev.bulla.camunda.script;

import camundajar.impl.com.google.gson.stream.JsonReader;
import camundajar.impl.com.google.gson.stream.JsonToken;
import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON with the library that the engine brings for itself. */
final class EngineJson {

  /** As deep as the native library reads. */
  private static final int DEPTH = 128;

  private final JsonReader reader;

  private EngineJson(JsonReader reader) {
    this.reader = reader;
  }

  /** As {@link dev.bulla.engine.script.JsonReader#read}. */
  static Object read(String text) {
    try {
      EngineJson json = new EngineJson(new JsonReader(new StringReader(text)));
      Object value = json.value(0);
      if (json.reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("something follows it");
      }
      return value;
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      // Not as the cause: it shows names of the content.
      throw new BullaException(Kind.JSON_SYNTAX, "the content says that it is JSON and is not");
    }
  }

  private Object value(int open) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(entered(open));
      case BEGIN_ARRAY -> array(entered(open));
      case BOOLEAN -> reader.nextBoolean();
      case NUMBER -> number(reader.nextString());
      case NULL -> {
        reader.nextNull();
        yield null;
      }
      default -> reader.nextString();
    };
  }

  /** The stack that this takes grows with the content, which another may have written. */
  private static int entered(int open) {
    if (open == DEPTH) {
      throw new BullaException(
          Kind.TOO_DEEP, "the content is nested deeper than " + DEPTH + " levels");
    }
    return open + 1;
  }

  private Map<String, Object> object(int open) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (members.containsKey(name)) {
        throw new BullaException(Kind.DUPLICATE_MEMBER, "the content names a member twice");
      }
      members.put(name, value(open));
    }
    reader.endObject();
    return members;
  }

  private List<Object> array(int open) throws IOException {
    List<Object> elements = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      elements.add(value(open));
    }
    reader.endArray();
    return elements;
  }

  private static Number number(String text) {
    if (text.matches("-?\\d{1,18}")) {
      return Long.valueOf(text);
    }
    BigDecimal exact = new BigDecimal(text);
    double near = exact.doubleValue();
    if (Double.isInfinite(near) || (near == 0 && exact.signum() != 0)) {
      // To add one to 1e999999999 takes a gigabyte.
      throw new BullaException(
          Kind.NUMBER_OUT_OF_RANGE, "the content holds a number beyond the range of a double");
    }
    boolean same = new BigDecimal(Double.toString(near)).compareTo(exact) == 0;
    return same ? (Number) near : exact;
  }
}
