/**
 * Reads the SQL that an engine maps: which table a statement writes, which column takes which bound
 * parameter or literal, which rows it selects.
 *
 * <p>{@link dev.bulla.engine.sql.SqlReader#plan} is the way in; each SQL text is parsed once. The
 * reader knows the grammar of the statements that engines of the Camunda family map for their
 * databases, not all of SQL: what it does not know it says ({@link
 * dev.bulla.engine.sql.Statement.NotUnderstood}) instead of guessing.
 */
package dev.bulla.engine.sql;
