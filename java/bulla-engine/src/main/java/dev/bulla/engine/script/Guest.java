package dev.bulla.engine.script;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;

/**
 * Values of a script that GraalJS runs. Passed to Java, its arrays and objects look alike; the
 * value that was passed knows what it is. GraalJS need not be there.
 */
final class Guest {

  private static final String JAVASCRIPT = "js";
  private static final int DEPTH = 128;
  private static final boolean PRESENT = present();

  private Guest() {}

  private static boolean present() {
    try {
      Class.forName("org.graalvm.polyglot.Context", false, Guest.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Whether a script in JavaScript has called, and waits for its result. */
  static boolean isSpeaking() {
    return PRESENT && Speaking.context() != null;
  }

  /** The value as maps, lists and what else Java has, if it comes from such a script. */
  static Object toJava(Object value) {
    return value != null && isSpeaking() ? Speaking.toJava(value) : value;
  }

  /** A JSON text as the script itself would read it. */
  static Object fromJson(String text) {
    return Speaking.fromJson(text);
  }

  /** Apart, so that it is loaded only where GraalJS is. */
  private static final class Speaking {

    static Context context() {
      try {
        Context current = Context.getCurrent();
        return current.getEngine().getLanguages().containsKey(JAVASCRIPT) ? current : null;
      } catch (IllegalStateException e) {
        return null;
      }
    }

    static Object toJava(Object value) {
      return toJava(context().asValue(value), 0);
    }

    static Object fromJson(String text) {
      try {
        return context().eval(JAVASCRIPT, "JSON.parse").execute(text);
      } catch (PolyglotException e) {
        // Not as the cause: it shows the content.
        throw new BullaException(Kind.JSON_SYNTAX, "the content says that it is JSON and is not");
      }
    }

    private static Object toJava(Value value, int depth) {
      if (depth > DEPTH) {
        throw new BullaException(
            Kind.TOO_DEEP, "the value is nested deeper than " + DEPTH + " levels, or holds itself");
      }
      if (value.isNull()) {
        return null;
      }
      if (value.isHostObject()) {
        return value.asHostObject();
      }
      if (value.isString()) {
        return value.asString();
      }
      if (value.isBoolean()) {
        return value.asBoolean();
      }
      if (value.isNumber()) {
        return number(value);
      }
      if (value.canInvokeMember("toJSON")) {
        return toJava(value.invokeMember("toJSON"), depth + 1);
      }
      if (value.hasBufferElements()) {
        return buffer(value);
      }
      if (value.hasArrayElements()) {
        return value.hasMember("BYTES_PER_ELEMENT") ? bytes(value) : list(value, depth);
      }
      if (value.hasHashEntries()) {
        return entries(value, depth);
      }
      if (value.canExecute() || !value.hasMembers()) {
        throw new BullaException(
            Kind.INVALID_ARGUMENT,
            "%s has no form in JSON; give a text, bytes, a number, a boolean, an array, an object"
                .formatted(value.getMetaObject().getMetaSimpleName()));
      }
      return members(value, depth);
    }

    private static Object number(Value value) {
      if (value.fitsInLong()) {
        return value.asLong();
      }
      if (value.fitsInDouble()) {
        return value.asDouble();
      }
      throw new BullaException(Kind.INVALID_ARGUMENT, "a number is beyond what JSON can state");
    }

    private static byte[] buffer(Value value) {
      byte[] bytes = new byte[Math.toIntExact(value.getBufferSize())];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = value.readBufferByte(i);
      }
      return bytes;
    }

    private static byte[] bytes(Value array) {
      if (array.getMember("BYTES_PER_ELEMENT").asInt() != 1) {
        throw new BullaException(
            Kind.INVALID_ARGUMENT,
            "the elements of a %s are no bytes; give a Uint8Array"
                .formatted(array.getMetaObject().getMetaSimpleName()));
      }
      byte[] bytes = new byte[Math.toIntExact(array.getArraySize())];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) array.getArrayElement(i).asInt();
      }
      return bytes;
    }

    private static List<Object> list(Value array, int depth) {
      List<Object> list = new ArrayList<>();
      for (long i = 0; i < array.getArraySize(); i++) {
        list.add(toJava(array.getArrayElement(i), depth + 1));
      }
      return list;
    }

    private static Map<Object, Object> entries(Value map, int depth) {
      Map<Object, Object> entries = new LinkedHashMap<>();
      Value iterator = map.getHashEntriesIterator();
      while (iterator.hasIteratorNextElement()) {
        Value entry = iterator.getIteratorNextElement();
        entries.put(
            toJava(entry.getArrayElement(0), depth + 1),
            toJava(entry.getArrayElement(1), depth + 1));
      }
      return entries;
    }

    /** As {@code JSON.stringify} does, members without a value are left out. */
    private static Map<Object, Object> members(Value object, int depth) {
      Map<Object, Object> members = new LinkedHashMap<>();
      for (String name : object.getMemberKeys()) {
        Value member = object.getMember(name);
        if (!member.toString().equals("undefined") || !member.isNull()) {
          members.put(name, toJava(member, depth + 1));
        }
      }
      return members;
    }
  }
}
