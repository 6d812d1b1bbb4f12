package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.camunda.bpm.engine.ProcessEngine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts do with Bulla's classes, which they look up themselves. */
class ScriptClassesTest {

  private static final String CONFIGURATION =
      """
      installation = "loans"
      node = "script"

      [keys]
      master = "keys/master.jwk"
      identity = "keys/identity.jwk"
      log = "keys/log.jwk"
      registry = "keys/registry.jsonl"

      [statement]
      signer = "keys/statement.jwk"
      """;

  /** Begins a script that has Bulla by its class. */
  private static final String OPENED =
      """
      var Bulla = Java.type('dev.bulla.Bulla');
      var Form = Java.type('dev.bulla.Form');
      var own = Bulla.open(Java.type('java.nio.file.Path').of(file));
      var place = Java.type('dev.bulla.Context').of('orders', '42', 'note');
      var result;
      try {
        result = %s;
      } finally {
        own.close();
      }
      result;
      """;

  @TempDir Path directory;

  private Site site;
  private Path file;

  @BeforeEach
  void configure() throws Exception {
    site = new Site(directory);
    file = Files.writeString(directory.resolve("script.toml"), CONFIGURATION);
  }

  @ParameterizedTest
  @EnumSource(
      value = Language.class,
      names = {"JAVASCRIPT", "JAVASCRIPT_LIKE_NASHORN"})
  void with_host_access_a_script_seals_signs_and_canonicalises_by_the_class(Language language) {
    in(
        language,
        scripts -> {
          assertThat(evaluate(scripts, "own.openText(own.seal('größe', place), place)"))
              .isEqualTo("größe");
          assertThat(
                  evaluate(
                      scripts,
                      "own.openContent(own.sealPortable('größe', '{\"order\":1}'),"
                          + " '{\"order\": 1}').text()"))
              .isEqualTo("größe");
          assertThat(
                  evaluate(
                      scripts,
                      "own.verifyContent(own.sign('approved', Form.COMPACT.contentType('text/plain')))"
                          + ".text()"))
              .isEqualTo("approved");
          assertThat(evaluate(scripts, "Bulla.canonicalize('{\"b\": 1E3, \"a\": \"\\\\u20ac\"}')"))
              .isEqualTo("{\"a\":\"€\",\"b\":1000}");
        });
  }

  @Test
  void what_the_classes_refuse_the_script_is_told() {
    in(
        Language.JAVASCRIPT,
        scripts -> {
          assertThatThrownBy(
                  () ->
                      evaluate(
                          scripts,
                          "own.open(own.seal('x', place),"
                              + " Java.type('dev.bulla.Context').of('orders', '43', 'note'))"))
              .hasStackTraceContaining("row is \"42\" and should be \"43\"");
          assertThatThrownBy(() -> evaluate(scripts, "Bulla.canonicalize('{\"a\":1,\"a\":1}')"))
              .hasStackTraceContaining("at byte 7");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Java.type('dev.bulla.Bulla')", "bulla.getClass().forName('dev.bulla.Bulla')"})
  void without_host_access_a_script_has_no_class(String script) {
    in(
        Language.JAVASCRIPT_WITHOUT_HOST_ACCESS,
        scripts ->
            assertThatThrownBy(() -> scripts.evaluate(script + ".getName()", Map.of()))
                .hasMessageMatching(
                    "(?s).*(ReferenceError: Java is not defined"
                        + "|TypeError: .*getClass.* Unknown identifier).*"));
  }

  private void in(Language language, Consumer<Scripts> work) {
    ProcessEngine engine = site.start(language::configure);
    try {
      work.accept(new Scripts(engine, language));
    } finally {
      engine.close();
    }
  }

  private Object evaluate(Scripts scripts, String expression) {
    return scripts.evaluate(OPENED.formatted(expression), Map.of("file", file.toString()));
  }
}
