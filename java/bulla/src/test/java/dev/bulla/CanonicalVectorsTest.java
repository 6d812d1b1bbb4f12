package dev.bulla;

import static dev.bulla.Vectors.assertRefused;
import static dev.bulla.Vectors.bytes;
import static dev.bulla.Vectors.each;
import static dev.bulla.Vectors.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of canonical JSON, and the limits. */
class CanonicalVectorsTest {
  @ParameterizedTest
  @ValueSource(strings = {"arrays", "french", "structures", "unicode", "values", "weird"})
  void theExamplesOfTheRfcBecomeCanonical(String name) throws Exception {
    byte[] input =
        Files.readAllBytes(Vectors.DIRECTORY.resolve("rfc8785/%s.input.json".formatted(name)));
    byte[] expected =
        Files.readAllBytes(Vectors.DIRECTORY.resolve("rfc8785/%s.expected.json".formatted(name)));
    assertThat(Bulla.canonicalize(input)).isEqualTo(expected);
    assertThat(Bulla.canonicalize(expected)).isEqualTo(expected);
    assertThat(Bulla.canonicalize(new String(input, UTF_8))).isEqualTo(new String(expected, UTF_8));
  }

  @Test
  void theNumbersOfTheRfcAreCanonical() throws Exception {
    List<String> numbers =
        Vectors.of("rfc8785/numbers.json").stream()
            .map(vector -> text(vector, "json"))
            .filter(number -> number != null)
            .toList();
    assertThat(numbers).isNotEmpty();
    for (String number : numbers) {
      assertThat(Bulla.canonicalize(number)).isEqualTo(number);
    }
  }

  @TestFactory
  Stream<DynamicTest> documentsBecomeCanonical() throws Exception {
    return each(
        "json/canonical.json",
        vector -> {
          String canonical = text(vector, "canonical");
          assertThat(Bulla.canonicalize(text(vector, "document"))).isEqualTo(canonical);
          assertThat(Bulla.canonicalize(canonical.getBytes(UTF_8)))
              .isEqualTo(canonical.getBytes(UTF_8));
        });
  }

  @TestFactory
  Stream<DynamicTest> documentsAreRefusedByKindAndPosition() throws Exception {
    return each(
        "json/refused.json",
        vector -> {
          assertRefused(vector, () -> Bulla.canonicalize(document(vector)));
          if (vector.get("position") != null) {
            assertThat(text(vector, "message")).contains("at byte " + vector.get("position"));
          }
        });
  }

  @Test
  void theLimitsAreThoseOfTheFormat() {
    String deepest = "[".repeat(128) + "]".repeat(128);
    assertThat(Bulla.canonicalize(deepest)).isEqualTo(deepest);
    assertRefusal(Kind.TOO_DEEP, "[" + deepest + "]", "nested deeper than 128 at byte 128");
    byte[] spaces = new byte[16 << 20];
    Arrays.fill(spaces, (byte) ' ');
    spaces[0] = '1';
    assertThat(Bulla.canonicalize(spaces)).isEqualTo(new byte[] {'1'});
    assertRefusal(
        Kind.TOO_LARGE,
        new String(spaces, UTF_8) + ' ',
        "16777217 bytes are more than the limit of 16777216");
  }

  @Test
  void aTextWithHalfAPairIsRefused() {
    assertRefusal(Kind.LONE_SURROGATE, "\"\ud800\"", "lone surrogate at character 1");
  }

  private static void assertRefusal(Kind kind, String json, String message) {
    assertThatThrownBy(() -> Bulla.canonicalize(json))
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessage(message);
  }

  private static byte[] document(Map<String, Object> vector) {
    return vector.containsKey("document")
        ? text(vector, "document").getBytes(UTF_8)
        : bytes(vector, "base64url");
  }
}
