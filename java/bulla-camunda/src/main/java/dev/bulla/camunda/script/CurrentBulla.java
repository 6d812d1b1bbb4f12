package dev.bulla.camunda.script;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.engine.script.ScriptBulla;
import org.camunda.bpm.engine.delegate.VariableScope;

/**
 * {@code bulla} for delegates, listeners and everything else in Java that an engine calls, and the
 * functions of expressions: <code>${bulla:seal(offer)}</code>.
 *
 * <p>Which engine, and which instance, it takes from the thread.
 */
public final class CurrentBulla {

  private CurrentBulla() {}

  /**
   * The object of the engine and the instance that the thread is in.
   *
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} where no engine with the plugin calls
   */
  public static ScriptBulla get() {
    return in(null);
  }

  /**
   * The object for an execution or a task.
   *
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} where no engine with the plugin calls
   */
  public static ScriptBulla in(VariableScope scope) {
    ScriptObject object = ScriptObject.current();
    if (object == null) {
      throw new BullaException(
          Kind.INVALID_ARGUMENT,
          "no engine with the plugin is at work in this thread; elsewhere, open a Bulla with its"
              + " configuration");
    }
    return object.in(scope);
  }

  /**
   * As {@link ScriptBulla#seal(Object)}, or with a context as {@link ScriptBulla#seal(Object,
   * Object)}.
   */
  public static String seal(Object value, Object... context) {
    return context.length == 0 ? get().seal(value) : get().seal(value, only(context));
  }

  /**
   * As {@link ScriptBulla#open(Object)}, or with a context as {@link ScriptBulla#open(Object,
   * Object)}.
   */
  public static Object open(Object envelope, Object... context) {
    return context.length == 0 ? get().open(envelope) : get().open(envelope, only(context));
  }

  /** As {@link ScriptBulla#sign}. */
  public static String sign(Object document) {
    return get().sign(document);
  }

  /** As {@link ScriptBulla#signDetached}. */
  public static String signDetached(Object document) {
    return get().signDetached(document);
  }

  /**
   * As {@link ScriptBulla#verify(Object)}, or with a document as {@link ScriptBulla#verify(Object,
   * Object)}.
   */
  public static Object verify(Object statement, Object... document) {
    return document.length == 0 ? get().verify(statement) : get().verify(statement, only(document));
  }

  /** Expressions take an array of bytes for as many arguments. */
  private static Object only(Object[] arguments) {
    if (arguments.length == 1 && !(arguments[0] instanceof Byte)) {
      return arguments[0];
    }
    byte[] bytes = new byte[arguments.length];
    for (int i = 0; i < bytes.length; i++) {
      if (!(arguments[i] instanceof Byte each)) {
        throw new BullaException(
            Kind.INVALID_ARGUMENT,
            "%s: two arguments are the most; there are %d"
                .formatted(Kind.INVALID_ARGUMENT, 1 + bytes.length));
      }
      bytes[i] = each;
    }
    return bytes;
  }
}
