package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.bulla.Sealer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.variable.Variables;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The object {@code bulla} does the same in all languages, with host access and without. */
class ScriptLanguagesTest {

  private static final Map<Language, ProcessEngine> ENGINES = new EnumMap<>(Language.class);

  @TempDir static Path directory;

  @BeforeAll
  static void start() {
    for (Language language : Language.values()) {
      Site site = new Site(directory.resolve(language.name()));
      ENGINES.put(language, site.start(language::configure));
    }
  }

  @AfterAll
  static void stop() {
    ENGINES.values().forEach(ProcessEngine::close);
  }

  static Stream<Arguments> values() {
    List<Object> values =
        Arrays.asList(
            "",
            "text: ä€😀 \"\\\n",
            "{\"a\":1}",
            42L,
            -1.5,
            true,
            false,
            null,
            new byte[] {0, 1, -1});
    return Stream.of(Language.values())
        .flatMap(language -> values.stream().map(value -> Arguments.of(language, value)));
  }

  @ParameterizedTest
  @MethodSource("values")
  void what_was_sealed_is_opened_as_it_was(Language language, Object value) {
    Object opened = evaluate(language, "bulla.open(bulla.seal(x))", value);

    if (value instanceof Long number) {
      assertThat(((Number) opened).longValue()).isEqualTo(number);
    } else {
      assertThat(opened).isEqualTo(value);
    }
  }

  /** RFC 7515 has one form for an empty document in a statement and for any beside it. */
  static Stream<Arguments> documents() {
    return values().filter(arguments -> !"".equals(arguments.get()[1]));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void what_was_signed_is_verified_and_given_back(Language language, Object value) {
    Object verified = evaluate(language, "bulla.verify(bulla.sign(x))", value);

    if (value instanceof Long number) {
      assertThat(((Number) verified).longValue()).isEqualTo(number);
    } else {
      assertThat(verified).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @MethodSource("values")
  void a_document_may_lie_beside_its_statement(Language language, Object value) {
    assertThat(evaluate(language, "bulla.verify(bulla.signDetached(x), x)", value)).isEqualTo(true);
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void a_context_may_be_stated(Language language) {
    String there = "'{\"order\":4711}'";

    assertThat(
            evaluate(language, "bulla.open(bulla.seal(x, " + there + "), " + there + ")", "text"))
        .isEqualTo("text");
    assertFails(
        language,
        "bulla.open(bulla.seal(x, '{\"order\":4712}'), " + there + ")",
        "CONTEXT_MISMATCH: the envelope belongs elsewhere: /order is \"4712\" and should be"
            + " \"4711\"");
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void errors_say_their_kind_and_what_to_do(Language language) {
    assertFails(language, "bulla.open('nonsense')", "MALFORMED_ENVELOPE: not an envelope");
    assertFails(language, "bulla.verify('nonsense')", "MALFORMED_STATEMENT: ");
    assertFails(language, "bulla.seal(x, 'no object')", "JSON_SYNTAX: not JSON at byte 0");
    assertFails(language, "bulla.seal(x, '[]')", "UNEXPECTED_JSON: context: not an object");
    assertFails(language, "bulla.seal(x, null)", "INVALID_ARGUMENT: context is null");
    assertFails(language, "bulla.open(null)", "INVALID_ARGUMENT: envelope is null");
    assertFails(
        language,
        "bulla.verify(bulla.sign(x), x)",
        "INVALID_ARGUMENT: document lies in the statement: give none");
    assertFails(
        language,
        "bulla.verify(bulla.signDetached(x))",
        "INVALID_ARGUMENT: document lies beside the statement: give it");
    assertFails(language, "bulla.verify(bulla.signDetached(x), 'other')", "BAD_SIGNATURE: ");
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void an_envelope_of_another_instance_does_not_open_and_the_error_names_both(Language language) {
    Scripts scripts = new Scripts(ENGINES.get(language), language);
    var other = scripts.start("bulla.seal(x)", Map.of("x", "text"));
    Object envelope =
        ENGINES.get(language).getRuntimeService().getVariable(other.getId(), "result");

    assertThatThrownBy(() -> scripts.evaluate("bulla.open(x)", Map.of("x", envelope)))
        .hasMessageContaining("CONTEXT_MISMATCH: the envelope belongs elsewhere:")
        .hasMessageContaining("/processInstance is \"" + other.getId() + "\" and should be")
        .hasMessageContaining("open(envelope, context)");
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void a_changed_envelope_does_not_open(Language language) {
    Scripts scripts = new Scripts(ENGINES.get(language), language);
    String envelope = (String) scripts.evaluate("bulla.seal(x, '{}')", Map.of("x", "text"));
    int at = envelope.indexOf("\"ciphertext\":\"") + "\"ciphertext\":\"".length();
    char other = envelope.charAt(at) == 'A' ? 'B' : 'A';
    String changed = envelope.substring(0, at) + other + envelope.substring(at + 1);

    assertThat(scripts.evaluate("bulla.open(x, '{}')", Map.of("x", envelope))).isEqualTo("text");
    assertThatThrownBy(() -> scripts.evaluate("bulla.open(x, '{}')", Map.of("x", changed)))
        .hasMessageContaining("AUTHENTICATION_FAILED: ");
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void an_error_and_its_causes_tell_nothing_of_the_content(Language language) throws IOException {
    Path key = directory.resolve(language.name()).resolve("keys/master.jwk");
    String envelope;
    try (Sealer sealer =
        Sealer.builder().recipient(Files.readString(key)).contentType("json").build()) {
      envelope = sealer.seal("{\"diagnosis\": gout}", "{}");
    }
    assertThatThrownBy(() -> evaluate(language, "bulla.open(x, '{}')", envelope))
        .hasMessageContaining("JSON_SYNTAX: the content says that it is JSON and is not")
        .extracting(ScriptLanguagesTest::told, STRING)
        .doesNotContain("gout", "diagnosis");
  }

  private static String told(Throwable thrown) {
    StringWriter told = new StringWriter();
    thrown.printStackTrace(new PrintWriter(told));
    return told.toString();
  }

  private static void assertFails(Language language, String expression, String told) {
    assertThatThrownBy(() -> evaluate(language, expression, "text"))
        .hasMessageContaining("BullaException: " + told);
  }

  private static Object evaluate(Language language, String expression, Object x) {
    Map<String, Object> variables = new HashMap<>();
    variables.put("x", x == null ? Variables.untypedNullValue() : x);
    return new Scripts(ENGINES.get(language), language).evaluate(expression, variables);
  }
}
