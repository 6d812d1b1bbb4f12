package dev.bulla.engine.seal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;

/** Prepares another text than it is asked for. */
final class RewordingConnection {

  private RewordingConnection() {}

  /**
   * The connection, for one statement.
   *
   * @param connection that prepares it
   * @param text the statement's
   */
  static Connection of(Connection connection, String text) {
    return (Connection)
        Proxy.newProxyInstance(
            RewordingConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, given) -> {
              Object[] arguments = given;
              if (method.getName().equals("prepareStatement")) {
                arguments = given.clone();
                arguments[0] = text;
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
