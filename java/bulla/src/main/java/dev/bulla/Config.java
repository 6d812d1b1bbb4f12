package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A checked configuration, as {@code bulla.toml} holds it. Paths in it are relative to the file.
 * Immutable.
 */
public final class Config {
  private final Path file;
  private final String text;
  private final String installation;
  private final String node;
  private final Path registry;
  private final List<String> record;
  private final Duration checkpoint;
  private final long records;
  private final Duration heartbeat;
  private final boolean required;
  private final List<Path> anchors;

  private Config(Path file, String text, PackedReader settings) {
    this.file = file;
    this.text = text;
    installation = settings.string();
    node = settings.string();
    registry = resolve(file, settings.string());
    record = strings(settings);
    checkpoint = Duration.ofMillis(settings.i64());
    records = settings.i64();
    heartbeat = Duration.ofMillis(settings.i64());
    required = settings.u8() != 0;
    anchors = resolve(file, strings(settings));
  }

  /**
   * Reads a configuration file.
   *
   * @throws BullaException {@link Kind#IO} if the file cannot be read; {@link Kind#INVALID_CONFIG},
   *     with file and line, if a setting is not valid or not known
   */
  public static Config load(Path file) {
    Objects.requireNonNull(file, "file");
    try {
      return parse(Files.readString(file, UTF_8), file);
    } catch (CharacterCodingException e) {
      throw new BullaException(Kind.INVALID_UTF8, file + " is not UTF-8; save it as UTF-8", e);
    } catch (IOException e) {
      throw BullaException.io("the configuration %s cannot be read".formatted(file), e);
    }
  }

  /**
   * Reads a configuration that is not, or not yet, a file.
   *
   * @param text the configuration, TOML
   * @param file where it would lie: paths in it are relative to this, and messages name it
   * @throws BullaException {@link Kind#INVALID_CONFIG}, as {@link #load}
   */
  public static Config parse(String text, Path file) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(file, "file");
    NativeLibrary.load();
    Path absolute = file.toAbsolutePath();
    byte[] packed = new PackedWriter().string(text).string(absolute.toString()).toByteArray();
    return new Config(absolute, text, new PackedReader(ConfigNative.parse(packed)));
  }

  /** The configuration's file, absolute. */
  public Path file() {
    return file;
  }

  /** The name that all nodes of the installation share. */
  public String installation() {
    return installation;
  }

  /** The name of this process. */
  public String node() {
    return node;
  }

  /** The name of this process's log: installation and node, with a slash between. */
  public String log() {
    return installation + "/" + node;
  }

  /** The file of the key registry, for use without an engine, if one is named. */
  public Optional<Path> registry() {
    return Optional.ofNullable(registry);
  }

  /** Patterns of further tables to record. */
  public List<String> record() {
    return record;
  }

  /** The longest time between a record and the checkpoint that covers it. */
  public Duration checkpoint() {
    return checkpoint;
  }

  /** How many records make a checkpoint due before its time. */
  public long records() {
    return records;
  }

  /** The longest time between two checkpoints when nothing is recorded. */
  public Duration heartbeat() {
    return heartbeat;
  }

  /** Whether a transaction fails whose record cannot be written. */
  public boolean required() {
    return required;
  }

  /** The directories of the anchors. */
  public List<Path> anchors() {
    return anchors;
  }

  /** Text and file name, of which a vault is opened. */
  PackedWriter packed() {
    return new PackedWriter(text.length() + 256).string(text).string(file.toString());
  }

  private static List<String> strings(PackedReader settings) {
    int count = settings.i32();
    List<String> strings = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      strings.add(settings.string());
    }
    return List.copyOf(strings);
  }

  private static List<Path> resolve(Path file, List<String> paths) {
    List<Path> resolved = new ArrayList<>(paths.size());
    for (String path : paths) {
      resolved.add(resolve(file, path));
    }
    return List.copyOf(resolved);
  }

  private static Path resolve(Path file, String path) {
    return path == null ? null : file.resolveSibling(path);
  }
}
