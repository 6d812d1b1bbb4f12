package dev.bulla.camunda.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineJsonTest {

  @Test
  void values_of_all_types_are_read() {
    Object read = EngineJson.read("{\"a\":[1,-2.5,\"x\",true,null,{}],\"b\":9007199254740993}");

    List<Object> list = Arrays.asList(1L, -2.5, "x", true, null, Map.of());
    assertThat(read).isEqualTo(Map.of("a", list, "b", 9007199254740993L));
    assertThat(EngineJson.read("0.1000000000000000055"))
        .isEqualTo(new BigDecimal("0.1000000000000000055"));
    String longest = "-0." + "0".repeat(200) + "1".repeat(767);
    assertThat(EngineJson.read("[" + longest + "]")).isEqualTo(List.of(new BigDecimal(longest)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[1,]", "{} {}", "{\"a\"}", "01", "]", "{1:2}", "1e9999999999"})
  void what_is_none_is_refused(String text) {
    assertThatThrownBy(() -> EngineJson.read(text))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.JSON_SYNTAX));
  }

  @ParameterizedTest
  @CsvSource({"[, ]", "'{\"a\":', }"})
  void what_is_nested_too_deeply_is_refused_before_the_stack_ends(String start, String end) {
    assertThatCode(() -> EngineJson.read(start.repeat(128) + "1" + end.repeat(128)))
        .doesNotThrowAnyException();
    for (int depth : new int[] {129, 1_000_000}) {
      assertThatThrownBy(() -> EngineJson.read(start.repeat(depth) + "1" + end.repeat(depth)))
          .isInstanceOfSatisfying(
              BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_DEEP))
          .hasMessage("the content is nested deeper than 128 levels");
    }
  }

  @Test
  void a_member_that_is_named_twice_is_refused() {
    assertThatThrownBy(() -> EngineJson.read("{\"a\":1,\"\\u0061\":2}"))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DUPLICATE_MEMBER))
        .hasMessage("the content names a member twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "-1e400", "1e-999999999"})
  void a_number_beyond_a_double_is_refused(String text) {
    assertThatThrownBy(() -> EngineJson.read(text))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NUMBER_OUT_OF_RANGE))
        .hasMessage("the content holds a number beyond the range of a double");
  }
}
