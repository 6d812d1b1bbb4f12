package dev.bulla.engine.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.ibatis.mapping.BoundSql;
import org.apache.ibatis.mapping.MappedStatement;

/**
 * The parameters of a statement as MyBatis binds them, kept so that they can be bound again, to
 * other places of another statement.
 */
final class BoundValues {

  private final Method[] setters;
  private final Object[][] arguments;
  private final Object[] values;

  private BoundValues(int count) {
    setters = new Method[count];
    arguments = new Object[count][];
    values = new Object[count];
  }

  /** Binds the parameters of a statement to nothing but memory. */
  static BoundValues of(MappedStatement mapped, BoundSql sql) throws SQLException {
    BoundValues bound = listening(sql.getParameterMappings().size());
    mapped
        .getConfiguration()
        .newParameterHandler(mapped, sql.getParameterObject(), sql)
        .setParameters(bound.statement());
    return bound;
  }

  /** For this many parameters, to be bound to {@link #statement}. */
  static BoundValues listening(int count) {
    return new BoundValues(count);
  }

  /** A statement that only listens. */
  PreparedStatement statement() {
    return (PreparedStatement)
        Proxy.newProxyInstance(
            BoundValues.class.getClassLoader(),
            new Class<?>[] {PreparedStatement.class},
            listener());
  }

  /** The indexes of all parameters. */
  List<Integer> all() {
    return IntStream.rangeClosed(1, values.length).boxed().toList();
  }

  /** The value for JDBC index {@code i} is at {@code i - 1}. */
  Object[] values() {
    return values;
  }

  /**
   * Binds some of the parameters to another statement.
   *
   * @param target to which
   * @param parameters for each of its places from 1 on, the index here
   * @return the next free place
   */
  int bind(PreparedStatement target, List<Integer> parameters) throws SQLException {
    int place = 1;
    for (int parameter : parameters) {
      Object[] replaced = arguments[parameter - 1].clone();
      replaced[0] = place++;
      try {
        setters[parameter - 1].invoke(target, replaced);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof SQLException cause) {
          throw cause;
        }
        throw new SQLException("parameter " + parameter + " cannot be bound again", e.getCause());
      } catch (IllegalAccessException e) {
        throw new SQLException("parameter " + parameter + " cannot be bound again", e);
      }
    }
    return place;
  }

  private InvocationHandler listener() {
    return (proxy, method, given) -> {
      if (given != null && method.getName().startsWith("set") && given[0] instanceof Integer at) {
        Object[] kept = given.clone();
        boolean isNull = method.getName().equals("setNull");
        Object value = isNull ? null : plain(kept[1]);
        boolean stream = !isNull && value != kept[1];
        setters[at - 1] =
            stream
                ? PreparedStatement.class.getMethod("setObject", int.class, Object.class)
                : method;
        arguments[at - 1] = stream ? new Object[] {at, value} : kept;
        values[at - 1] = value;
      }
      return null;
    };
  }

  /** Streams can be read once only. */
  private static Object plain(Object value) throws IOException {
    if (value instanceof InputStream stream) {
      return stream.readAllBytes();
    } else if (value instanceof Reader reader) {
      StringWriter text = new StringWriter();
      reader.transferTo(text);
      return text.toString();
    }
    return value;
  }
}
