package dev.bulla.engine.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the newest batch of an anchor says of the log, so that a node can compare its database with
 * it and go on from there. It is no evidence: whatever it says is verified by signatures.
 *
 * @param size of the log
 * @param previousSize of the log before the batch
 * @param seq number of the batch's account
 * @param account the account record
 * @param signature of the account
 * @param note the checkpoint
 * @param frontier the tree's state
 */
record AnchorHead(
    long size,
    long previousSize,
    long seq,
    String account,
    String signature,
    String note,
    String frontier) {

  private static final String NAME = "head";

  /** The head of an anchor's directory, or null when it has none. */
  static AnchorHead read(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      return null;
    }
    Map<String, String> lines = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      int space = line.indexOf(' ');
      if (space > 0) {
        lines.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    try {
      return new AnchorHead(
          Long.parseLong(lines.get("size")),
          Long.parseLong(lines.get("previous")),
          Long.parseLong(lines.get("seq")),
          text(lines.get("account")),
          lines.get("signature"),
          text(lines.get("note")),
          lines.get("frontier"));
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new IOException(
          file + " is damaged; restore it from a copy of the anchor, or move it away", e);
    }
  }

  /** Replaces the head of an anchor's directory. */
  void write(Path directory) throws IOException {
    String text =
        "size %d%nprevious %d%nseq %d%naccount %s%nsignature %s%nnote %s%nfrontier %s%n"
            .formatted(size, previousSize, seq, packed(account), signature, packed(note), frontier);
    Path fresh = directory.resolve(NAME + ".new");
    Files.writeString(
        fresh,
        text,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC);
    Files.move(
        fresh,
        directory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static String packed(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String packed) {
    return new String(Base64.getDecoder().decode(packed), StandardCharsets.UTF_8);
  }
}
