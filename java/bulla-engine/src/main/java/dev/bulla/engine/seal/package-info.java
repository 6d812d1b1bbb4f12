/**
 * Seals what an engine writes and opens what it reads, between MyBatis and the JDBC driver.
 *
 * <p>{@link dev.bulla.engine.seal.SealingInterceptor} is added to the engine's MyBatis
 * configuration; {@link dev.bulla.engine.seal.SealedTable} says which columns it is about. Above it
 * the engine only ever sees plaintext, below it the database only ever sees envelopes and search
 * tags.
 */
package dev.bulla.engine.seal;
