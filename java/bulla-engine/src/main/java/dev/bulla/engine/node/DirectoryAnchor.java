package dev.bulla.engine.node;

import dev.bulla.GzipMembers;
import dev.bulla.engine.json.CanonicalJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * An anchor that is a directory on a disk where the database's administrator has no access. Each
 * node has a directory in it, each epoch a file of lines; a batch is one member of its gzip, and is
 * on the disk before {@link #append} returns.
 */
final class DirectoryAnchor implements AutoCloseable {

  private static final String SUFFIX = ".jsonl.gz";

  /** How the line of a record begins that begins an epoch: the members are in canonical order. */
  private static final String EPOCH = "{\"record\":\"{\\\"certificate\\\":";

  private static final String KEYS = "keys.jsonl";
  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path root;
  private final Path directory;
  private final DirectoryEntries entries;
  private AnchorFile file;
  private long size = -1;

  /**
   * For one node.
   *
   * @param root the anchor's directory
   * @param node the node's name
   */
  DirectoryAnchor(Path root, String node) {
    this(root, node, DirectoryEntries.ON_DISK);
  }

  DirectoryAnchor(Path root, String node, DirectoryEntries entries) {
    this.root = root;
    this.entries = entries;
    this.directory = root.resolve(node);
  }

  /** The node's own directory. */
  Path directory() {
    return directory;
  }

  /** Whether any epoch of the node has been anchored here. */
  boolean isEmpty() throws IOException {
    return files().isEmpty();
  }

  /**
   * The end of what is anchored.
   *
   * @param lines those of the batches after a checkpoint; null when it is not anchored here
   * @param epochs lines of the records that begin epochs, from the checkpoint's on
   */
  record Tail(List<String> lines, List<String> epochs) {}

  /**
   * What is anchored after a checkpoint.
   *
   * @param note the checkpoint, or null for all
   */
  Tail after(String note) throws IOException {
    String wanted = note == null ? null : "{\"checkpoint\":" + CanonicalJson.quoted(note) + "}";
    List<List<String>> tail = new ArrayList<>();
    List<String> epochs = new ArrayList<>();
    List<Path> files = files();
    Collections.reverse(files);
    boolean found = note == null;
    for (Path each : files) {
      List<String> lines = lines(each);
      lines.stream().filter(line -> line.startsWith(EPOCH)).forEach(epochs::add);
      int at = wanted == null ? -1 : lines.lastIndexOf(wanted);
      tail.add(0, lines.subList(at + 1, lines.size()));
      if (at >= 0) {
        found = true;
        break;
      }
    }
    return new Tail(found ? tail.stream().flatMap(List::stream).toList() : null, epochs);
  }

  /** Opens a file for an epoch. */
  void open(Instant started, String epoch) throws IOException {
    file = create(directory.resolve(START.format(started) + "-" + epoch + SUFFIX));
  }

  /**
   * Appends a batch. Doing so again, after a failure somewhere else, does nothing.
   *
   * @param lines the batch
   * @param treeSize the size of the log with it
   */
  void append(byte[] lines, long treeSize) throws IOException {
    if (size == treeSize) {
      return;
    }
    file.append(member(lines));
    size = treeSize;
  }

  /** The rows of the key registry that any node of this anchor has copied here. */
  List<String> keys() throws IOException {
    List<String> rows = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return rows;
    }
    try (Stream<Path> nodes = Files.list(root)) {
      for (Path keys : nodes.map(node -> node.resolve(KEYS)).toList()) {
        if (Files.exists(keys)) {
          rows.addAll(Files.readAllLines(keys, StandardCharsets.UTF_8));
        }
      }
    }
    return rows;
  }

  /** Copies a row of the key registry: here for recovery, with the next batch as proof. */
  void addKey(String row) throws IOException {
    Path path = directory.resolve(KEYS);
    try (AnchorFile keys = Files.exists(path) ? AnchorFile.open(path) : create(path)) {
      // A crash may have left a part of a row, which must not swallow this one.
      String line = (keys.endsWithLine() ? "" : "\n") + row + "\n";
      keys.append(line.getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }

  private AnchorFile create(Path path) throws IOException {
    Files.createDirectories(directory);
    entries.force(root);
    return AnchorFile.create(path, entries);
  }

  /** The files of the node's epochs, oldest first. */
  private List<Path> files() throws IOException {
    if (!Files.isDirectory(directory)) {
      return new ArrayList<>();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return new ArrayList<>(
          all.filter(path -> path.getFileName().toString().endsWith(SUFFIX)).sorted().toList());
    }
  }

  /** The lines of a file; what a crash left of a last batch was not anchored and is not read. */
  private static List<String> lines(Path path) throws IOException {
    List<String> lines = new ArrayList<>();
    try (InputStream file = new BufferedInputStream(Files.newInputStream(path));
        GzipMembers members = new GzipMembers(file)) {
      for (byte[] member = members.next(); member != null; member = members.next()) {
        new String(member, StandardCharsets.UTF_8).lines().forEach(lines::add);
      }
    } catch (EOFException torn) {
      return lines;
    }
    return lines;
  }

  private static byte[] member(byte[] lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(lines.length / 2 + 64);
    try (GZIPOutputStream gzip = new FastGzip(bytes)) {
      gzip.write(lines);
    }
    return bytes.toByteArray();
  }

  /** Most of a record is keyed digests, which no level makes smaller. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
