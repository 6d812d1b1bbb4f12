package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONArrayUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Reads the vectors that all bindings share. */
final class Vectors {
  static final Path DIRECTORY = Path.of("../../tests/vectors");

  private Vectors() {}

  /** What holds of a vector. */
  interface Claim {
    void check(Map<String, Object> vector) throws Exception;
  }

  /** One test for each vector of a file. */
  static Stream<DynamicTest> each(String file, Claim claim) throws Exception {
    List<Map<String, Object>> vectors = of(file);
    assertThat(vectors).isNotEmpty();
    return vectors.stream()
        .map(vector -> DynamicTest.dynamicTest(text(vector, "name"), () -> claim.check(vector)));
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> of(String file) throws IOException, ParseException {
    List<?> vectors = JSONArrayUtils.parse(Files.readString(DIRECTORY.resolve(file)));
    return (List<Map<String, Object>>) vectors;
  }

  /** Fails unless {@code call} is refused as the vector says. */
  static void assertRefused(Map<String, Object> vector, Runnable call) {
    BullaException refusal = catchThrowableOfType(BullaException.class, call::run);
    assertThat(refusal).as(text(vector, "why")).isNotNull();
    String kind =
        text(vector, "kind").replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    assertThat(refusal.kind().name()).as(refusal.getMessage()).isEqualTo(kind);
    if (vector.get("message") != null) {
      assertThat(refusal).hasMessage(text(vector, "message"));
    }
  }

  static String text(Map<String, Object> vector, String member) {
    return (String) vector.get(member);
  }

  static byte[] bytes(Map<String, Object> vector, String member) {
    return Base64URL.from(text(vector, member)).decode();
  }
}
