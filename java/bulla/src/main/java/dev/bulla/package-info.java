/**
 * Seals process variables and opens them again.
 *
 * <p>{@link dev.bulla.Bulla} is the way in. Everything cryptographic happens in a native library
 * that the jar carries; these classes marshal. Every error is a {@link dev.bulla.BullaException}
 * whose {@link dev.bulla.BullaException.Kind kind} is the same, by name and number, in all
 * bindings.
 */
package dev.bulla;
