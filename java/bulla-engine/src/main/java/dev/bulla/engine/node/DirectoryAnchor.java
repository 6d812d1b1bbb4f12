package dev.bulla.engine.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * An anchor that is a directory on a disk where the database's administrator has no access. Each
 * node has a directory in it, each epoch a file of lines; a batch is one member of its gzip, and is
 * on the disk before {@link #append} returns.
 */
final class DirectoryAnchor implements AutoCloseable {

  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path root;
  private final Path directory;
  private FileChannel file;
  private long size = -1;

  /**
   * For one node.
   *
   * @param root the anchor's directory
   * @param node the node's name
   */
  DirectoryAnchor(Path root, String node) {
    this.root = root;
    this.directory = root.resolve(node);
  }

  /** The node's own directory. */
  Path directory() {
    return directory;
  }

  /** What the newest batch says, or null before the first. */
  AnchorHead head() throws IOException {
    return AnchorHead.read(directory);
  }

  /** Opens a file for an epoch. */
  void open(Instant started, String epoch) throws IOException {
    Files.createDirectories(directory);
    Path path = directory.resolve(START.format(started) + "-" + epoch + ".jsonl.gz");
    file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** The rows of the key registry that any node of this anchor has copied here. */
  List<String> keyLines() throws IOException {
    List<String> lines = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return lines;
    }
    try (Stream<Path> nodes = Files.list(root)) {
      for (Path keys : nodes.map(node -> node.resolve("keys.jsonl")).toList()) {
        if (Files.exists(keys)) {
          lines.addAll(Files.readAllLines(keys, StandardCharsets.UTF_8));
        }
      }
    }
    return lines;
  }

  /**
   * Copies rows of the key registry; they lie here for recovery and in the epoch's file as proof.
   */
  void keys(String lines) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("keys.jsonl"),
        lines,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND,
        StandardOpenOption.SYNC);
  }

  /**
   * Appends a batch. Doing so again, after a failure somewhere else, does nothing.
   *
   * @param lines the batch
   * @param head what it leads to
   */
  void append(byte[] lines, AnchorHead head) throws IOException {
    if (size == head.size()) {
      return;
    }
    long before = file.size();
    try {
      ByteBuffer member = ByteBuffer.wrap(member(lines));
      file.position(before);
      while (member.hasRemaining()) {
        file.write(member);
      }
      file.force(true);
    } catch (IOException e) {
      file.truncate(before);
      throw e;
    }
    head.write(directory);
    size = head.size();
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }

  private static byte[] member(byte[] lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(lines.length / 2 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(lines);
    }
    return bytes.toByteArray();
  }
}
