package dev.bulla.engine.sql;

import java.util.List;

/**
 * A query for the rows that an UPDATE or DELETE is about to touch.
 *
 * @param sql the SELECT: same tables, same WHERE, same limit
 * @param parameters for each of its parameters the JDBC index in the original statement
 */
public record Selection(String sql, List<Integer> parameters) {}
