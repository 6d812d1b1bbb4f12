package dev.bulla.engine.record;

import dev.bulla.engine.sql.Statement;
import org.apache.ibatis.mapping.BoundSql;

/**
 * What sealing tells recording. One recorder serves one process engine and all its threads; what it
 * hears belongs to the command that runs in the calling thread.
 */
public interface Recorder {

  /**
   * A write was bound: it is executed next, or added to a JDBC batch. Called once for each
   * execution, after the last parameter was set.
   *
   * @param sql the statement, with the parameter object
   * @param plan what it does
   * @param values what was bound, after sealing: the value for JDBC index {@code i} is {@code
   *     values[i - 1]}; strings, numbers, booleans, dates and byte arrays, streams already read
   */
  void bound(BoundSql sql, Statement plan, Object[] values);

  /**
   * An envelope was written to {@code BULLA_OVERFLOW}.
   *
   * @param table whose row it belongs to, in upper case, without prefix
   * @param row the value of its primary key
   * @param parameter the object that the row's own statement was given
   * @param envelope what was written
   * @param replaces whether there was one for this row
   */
  void kept(String table, String row, Object parameter, String envelope, boolean replaces);

  /**
   * An envelope was deleted from {@code BULLA_OVERFLOW}.
   *
   * @param table whose row it belonged to, in upper case, without prefix
   * @param row the value of its primary key
   * @param parameter the object that the row's own statement was given; null for a bulk statement
   */
  void dropped(String table, String row, Object parameter);

  /**
   * A sealed value was opened.
   *
   * @param table in upper case, without prefix
   * @param row the value of its primary key
   * @param tag the last 16 bytes of the envelope's authentication
   */
  void opened(String table, String row, byte[] tag);
}
