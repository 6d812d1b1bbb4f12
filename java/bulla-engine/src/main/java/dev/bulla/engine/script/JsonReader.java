package dev.bulla.engine.script;

/** Reads JSON with what the engine has for it. */
@FunctionalInterface
public interface JsonReader {

  /**
   * The value of a JSON text: a map, a list, a string, a boolean, null, or a number, which is a
   * {@code Long} if it is whole and fits.
   *
   * @throws dev.bulla.BullaException {@link dev.bulla.BullaException.Kind#JSON_SYNTAX} if it is
   *     none; {@code TOO_DEEP} beyond 128 levels, {@code DUPLICATE_MEMBER}, {@code
   *     NUMBER_OUT_OF_RANGE}
   */
  Object read(String text);
}
