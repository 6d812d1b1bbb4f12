/**
 * Seals process variables and opens them again.
 *
 * <p>{@link dev.bulla.Bulla} is the way in; without a configuration, {@link dev.bulla.Sealer},
 * {@link dev.bulla.Opener}, {@link dev.bulla.Signer}, {@link dev.bulla.Verifier} and {@link
 * dev.bulla.Bulla#canonicalize(byte[]) canonicalize} are. Everything cryptographic happens in a
 * native library that the jar carries; these classes marshal. Every error is a {@link
 * dev.bulla.BullaException} whose {@link dev.bulla.BullaException.Kind kind} is the same, by name
 * and number, in all bindings; but a null where the description does not allow one is a {@link
 * NullPointerException} that names the parameter.
 *
 * <p>The library is loaded when first needed: from the jar, or from the file or directory that the
 * system property {@code bulla.library.path} names. JDK 24 and newer want to be told that this is
 * meant, with {@code --enable-native-access=ALL-UNNAMED}, and warn otherwise.
 */
package dev.bulla;
