package dev.bulla;

import static dev.bulla.Vectors.assertRefused;
import static dev.bulla.Vectors.bytes;
import static dev.bulla.Vectors.each;
import static dev.bulla.Vectors.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The vectors that all bindings share: what is accepted, and what is refused with which kind. */
class VectorsTest {
  private static final String CONFIGURATION =
      """
      installation = "%s"
      node = "node-1"
      [keys]
      master = "keys/master.jwk"
      identity = "keys/identity.jwk"
      log = "keys/log.jwk"
      """;

  @TempDir static Path directory;
  private static Bulla bulla;

  @BeforeAll
  static void openWithTheKeysOfTheVectors() throws Exception {
    Map<String, Object> keys =
        JSONObjectUtils.parse(Files.readString(Vectors.DIRECTORY.resolve("keys.json")));
    Path configuration = Installation.in(directory);
    writeKey(keys, "master", "master.jwk");
    writeKey(keys, "identity", "identity.jwk");
    MemoryKeyRegistry registry = new MemoryKeyRegistry();
    for (Map<String, Object> row : Vectors.of("registry/accepted.json")) {
      Purpose purpose = Purpose.valueOf(text(row, "purpose").toUpperCase(Locale.ROOT));
      registry.add(new KeyRow(text(row, "kid"), purpose, text(row, "row")));
    }
    bulla = Bulla.open(Config.load(configuration), registry);
  }

  @AfterAll
  static void close() {
    bulla.close();
  }

  @TestFactory
  Stream<DynamicTest> envelopesThatOpen() throws Exception {
    return each(
        "envelopes/opened.json",
        vector -> assertThat(open(vector)).isEqualTo(bytes(vector, "plaintext")));
  }

  @TestFactory
  Stream<DynamicTest> envelopesThatAreRefused() throws Exception {
    return each("envelopes/refused.json", vector -> assertRefused(vector, () -> open(vector)));
  }

  @TestFactory
  Stream<DynamicTest> registryRowsThatAreRefused() throws Exception {
    return each(
        "registry/refused.json",
        vector -> assertRefused(vector, () -> bulla.vault().learn(text(vector, "row"))));
  }

  @TestFactory
  Stream<DynamicTest> searchTags() throws Exception {
    return each(
        "search/tags.json",
        vector -> {
          Object value = new PackedReader(bytes(vector, "value")).value();
          Tag tag =
              bulla.tag(
                  text(vector, "tenant"), text(vector, "variable"), text(vector, "type"), value);
          assertThat(tag.text()).isEqualTo(text(vector, "text"));
          assertThat(tag.number()).isEqualTo(((Number) vector.get("long")).longValue());
          assertThat(tag.real()).isEqualTo(((Number) vector.get("double")).doubleValue());
        });
  }

  private static byte[] open(Map<String, Object> vector) {
    @SuppressWarnings("unchecked")
    Map<String, Object> context = (Map<String, Object>) vector.get("context");
    Context place =
        Context.builder(text(context, "table"), text(context, "row"), text(context, "group"))
            .name(text(context, "name"))
            .type(text(context, "type"))
            .tenant(text(context, "tenant"))
            .instance(text(context, "instance"))
            .build();
    return context.get("log").equals(bulla.config().installation())
        ? open(bulla, vector, place)
        : openElsewhere(text(context, "log"), vector, place);
  }

  private static byte[] open(Bulla installation, Map<String, Object> vector, Context place) {
    String envelope = text(vector, "envelope");
    if (vector.get("content").equals("bytes")) {
      return installation.openBytes(envelope.getBytes(UTF_8), place);
    }
    return installation.openColumns(place, envelope).rest();
  }

  /** A vault adds its own installation to the context, so another one is asked. */
  private static byte[] openElsewhere(
      String installation, Map<String, Object> vector, Context place) {
    Config config =
        Config.parse(CONFIGURATION.formatted(installation), directory.resolve("x.toml"));
    try (Bulla elsewhere = Bulla.open(config, new MemoryKeyRegistry())) {
      return open(elsewhere, vector, place);
    }
  }

  @SuppressWarnings("unchecked")
  private static void writeKey(Map<String, Object> keys, String name, String file)
      throws IOException {
    String key = JSONObjectUtils.toJSONString((Map<String, Object>) keys.get(name));
    Files.writeString(directory.resolve("keys").resolve(file), key);
  }
}
