package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was called {@code bulla} before the plugin was there is still called so. */
class ScriptNamesTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = Language.class,
      names = {"JAVASCRIPT", "JAVASCRIPT_WITHOUT_HOST_ACCESS", "GROOVY", "JUEL_BEAN"})
  void a_variable_comes_first(Language language) {
    ProcessEngine engine = new Site(directory).start(language::configure);
    try {
      Scripts scripts = new Scripts(engine, language);
      assertThat(scripts.evaluate("bulla", Map.of("bulla", "mine"))).isEqualTo("mine");
      assertThat(scripts.evaluate("bulla.open(bulla.seal(x))", Map.of("x", "theirs")))
          .isEqualTo("theirs");
    } finally {
      engine.close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Language.class,
      names = {"JAVASCRIPT", "GROOVY", "JUEL_BEAN"})
  void a_bean_comes_first_and_the_start_tells(Language language) {
    Map<Object, Object> beans = new HashMap<>(Map.of("bulla", "bean"));
    ProcessEngine[] engine = new ProcessEngine[1];
    String log =
        LoggedText.of(
            () ->
                engine[0] =
                    new Site(directory)
                        .start(
                            configuration -> {
                              language.configure(configuration);
                              configuration.setBeans(beans);
                            }));
    try {
      assertThat(log)
          .contains("A bean is called bulla, and scripts and expressions go on seeing that");
      assertThat(new Scripts(engine[0], language).evaluate("bulla", Map.of())).isEqualTo("bean");
      assertThat(
              new Scripts(engine[0], Language.JUEL_FUNCTION)
                  .evaluate("bulla.open(bulla.seal('text'))", Map.of()))
          .isEqualTo("text");
    } finally {
      engine[0].close();
    }
  }

  @Test
  void scripts_may_use_the_name_for_something_of_their_own() {
    ProcessEngine engine = new Site(directory).start();
    try {
      Scripts javascript = new Scripts(engine, Language.JAVASCRIPT);
      for (String declared :
          new String[] {"const bulla =", "let bulla =", "var bulla =", "bulla ="}) {
        assertThat(javascript.evaluate(declared + " 5; bulla", Map.of())).isEqualTo(5);
      }
      Scripts groovy = new Scripts(engine, Language.GROOVY);
      for (String declared : new String[] {"def bulla =", "bulla ="}) {
        assertThat(groovy.evaluate(declared + " 5; bulla", Map.of())).isEqualTo(5);
      }
    } finally {
      engine.close();
    }
  }

  @Test
  void there_is_no_warning_without_such_a_bean() {
    assertThat(LoggedText.of(() -> new Site(directory).start().close()))
        .doesNotContain("A bean is called bulla");
  }
}
