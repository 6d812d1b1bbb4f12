package dev.bulla.camunda.script;

import camundajar.impl.com.google.gson.Gson;
import camundajar.impl.com.google.gson.JsonArray;
import camundajar.impl.com.google.gson.JsonElement;
import camundajar.impl.com.google.gson.JsonObject;
import camundajar.impl.com.google.gson.JsonParseException;
import camundajar.impl.com.google.gson.JsonPrimitive;
import camundajar.impl.com.google.gson.TypeAdapter;
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

  private static final TypeAdapter<JsonElement> ADAPTER = new Gson().getAdapter(JsonElement.class);

  private EngineJson() {}

  /** As {@link dev.bulla.engine.script.JsonReader#read}. */
  static Object read(String text) {
    try {
      JsonReader reader = new JsonReader(new StringReader(text));
      JsonElement element = ADAPTER.read(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("something follows it");
      }
      return value(element);
    } catch (IOException | JsonParseException | NumberFormatException e) {
      // Not as the cause: it shows names of the content.
      throw new BullaException(Kind.JSON_SYNTAX, "the content says that it is JSON and is not");
    }
  }

  private static Object value(JsonElement element) {
    if (element instanceof JsonObject object) {
      Map<String, Object> map = new LinkedHashMap<>();
      object.entrySet().forEach(member -> map.put(member.getKey(), value(member.getValue())));
      return map;
    }
    if (element instanceof JsonArray array) {
      List<Object> list = new ArrayList<>(array.size());
      array.forEach(each -> list.add(value(each)));
      return list;
    }
    if (element instanceof JsonPrimitive primitive) {
      if (primitive.isString()) {
        return primitive.getAsString();
      }
      return primitive.isBoolean() ? primitive.getAsBoolean() : number(primitive.getAsString());
    }
    return null;
  }

  private static Number number(String text) {
    if (text.matches("-?\\d{1,18}")) {
      return Long.valueOf(text);
    }
    BigDecimal exact = new BigDecimal(text);
    double near = exact.doubleValue();
    boolean same =
        Double.isFinite(near) && new BigDecimal(Double.toString(near)).compareTo(exact) == 0;
    return same ? (Number) near : exact;
  }
}
