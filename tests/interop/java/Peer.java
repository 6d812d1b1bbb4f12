import dev.bulla.Form;
import dev.bulla.Opener;
import dev.bulla.Sealer;
import dev.bulla.Signer;
import dev.bulla.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Bulla's Java side of {@code tests/interop/python/test_each_other.py}: {@code write} makes
 * envelopes and statements below the directory, {@code read} reads everyone's and names each file
 * that it could read.
 */
final class Peer {
  private static final Map<String, Form> FORMS =
      Map.of(
          "attached", Form.COMPACT,
          "flattened", Form.COMPACT.flattened(),
          "detached", Form.COMPACT.detached(),
          "raw", Form.COMPACT.detachedRaw(),
          "canonical", Form.COMPACT.detached().ofCanonicalJson());

  private final Path directory;
  private final byte[] document;
  private final String context;

  private Peer(Path directory) throws IOException {
    this.directory = directory;
    document = Files.readAllBytes(directory.resolve("document"));
    context = Files.readString(directory.resolve("context"));
  }

  public static void main(String[] arguments) throws Exception {
    Peer peer = new Peer(Path.of(arguments[1]));
    if (arguments[0].equals("write")) {
      peer.write(Files.createDirectory(peer.directory.resolve("java")));
    } else {
      peer.read();
    }
  }

  private void write(Path target) throws Exception {
    for (Path key : list("keys/seal/*.jwk")) {
      seal(target.resolve(name(key) + ".jwe"), Files.readString(key));
    }
    List<String> recipients = Files.readAllLines(directory.resolve("keys/several"));
    seal(target.resolve("several.jwe"), recipients.toArray(String[]::new));
    for (Path key : list("keys/sign/*.jwk")) {
      try (Signer signer = Signer.of(Files.readString(key))) {
        for (Map.Entry<String, Form> form : FORMS.entrySet()) {
          Path file = target.resolve("%s.%s.jws".formatted(name(key), form.getKey()));
          Files.writeString(file, signer.sign(document, form.getValue()));
        }
        String first = signer.signBatch(List.of(document, new byte[0]), false).get(0);
        Files.writeString(target.resolve(name(key) + ".batch.jws"), first);
      }
    }
  }

  private void seal(Path file, String... recipients) throws IOException {
    try (Sealer sealer = Sealer.of(recipients)) {
      Files.writeString(file, sealer.seal(document, context));
    }
  }

  private void read() throws Exception {
    for (Path file : list("*/*.jwe")) {
      String key = "keys/seal/%s.jwk".formatted(name(file));
      List<String> keys =
          name(file).equals("several")
              ? Files.readAllLines(directory.resolve("keys/several"))
              : List.of(Files.readString(directory.resolve(key)));
      for (String each : keys) {
        try (Opener opener = Opener.of(each)) {
          same(file, opener.open(Files.readString(file), context));
        }
      }
      System.out.println(directory.relativize(file));
    }
    for (Path file : list("*/*.jws")) {
      Path key = directory.resolve("keys/sign/%s.jwk".formatted(name(file)));
      String statement = Files.readString(file);
      try (Verifier verifier = Verifier.of(Files.readString(key))) {
        if (List.of("attached", "flattened").contains(file.toString().split("\\.")[1])) {
          same(file, verifier.verify(statement));
        } else {
          verifier.verifyDocument(statement, document);
        }
      }
      System.out.println(directory.relativize(file));
    }
  }

  private void same(Path file, byte[] read) {
    if (!Arrays.equals(read, document)) {
      throw new IllegalStateException(file + " holds another document");
    }
  }

  private List<Path> list(String pattern) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      var matcher = directory.getFileSystem().getPathMatcher("glob:" + directory + "/" + pattern);
      return files.filter(matcher::matches).toList();
    }
  }

  /** A file's name without what follows its first dot. */
  private static String name(Path file) {
    return file.getFileName().toString().split("\\.")[0];
  }
}
