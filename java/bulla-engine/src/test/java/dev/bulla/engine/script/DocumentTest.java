package dev.bulla.engine.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.camunda.spin.Spin;
import org.junit.jupiter.api.Test;

/** What becomes of a script's value, and what a script is given back. */
class DocumentTest {

  @Test
  void what_is_neither_text_nor_bytes_is_json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("text", "a\"\n");
    map.put("list", Arrays.asList(1, 2L, -0.5, 1e300, new BigDecimal("0.10"), null, true));
    map.put("big", new BigInteger("123456789012345678901234567890"));
    map.put("empty", List.of(Map.of(), List.of()));
    map.put("spin", Spin.JSON("{\"b\":[1]}"));

    Document document = Document.of(map);

    assertThat(document.type()).isEqualTo("json");
    assertThat(new String(document.bytes(), UTF_8))
        .isEqualTo(
            "{\"text\":\"a\\\"\\n\",\"list\":[1,2,-0.5,1.0E300,0.10,null,true],"
                + "\"big\":123456789012345678901234567890,\"empty\":[{},[]],"
                + "\"spin\":{\"b\":[1]}}");
    assertThat(Document.of("{}").type()).isEqualTo("text/plain");
    assertThat(Document.of(CharBuffer.wrap("ä")).bytes()).isEqualTo("ä".getBytes(UTF_8));
    assertThat(Document.of(new byte[] {1}).type()).isEqualTo("octet-stream");
  }

  @Test
  void what_has_no_form_in_json_is_refused_and_named() {
    refused(new Date(0), Kind.INVALID_ARGUMENT, "a value of java.util.Date has no form");
    refused(List.of(new Object()), Kind.INVALID_ARGUMENT, "java.lang.Object");
    refused(Double.NaN, Kind.INVALID_ARGUMENT, "NaN is no number of JSON");
    refused(Map.of(1, 2), Kind.INVALID_ARGUMENT, "java.lang.Integer is none");
    refused(
        Collections.singletonMap(null, 2), Kind.INVALID_ARGUMENT, "names are texts; null is none");
    refused("\ud800", Kind.LONE_SURROGATE, "half of a surrogate pair");
    List<Object> itself = new ArrayList<>();
    itself.add(itself);
    refused(itself, Kind.TOO_DEEP, "nested deeper than 128 levels, or holds itself");
  }

  @Test
  void what_could_not_be_read_again_is_refused() {
    List<Object> nested = List.of();
    for (int levels = 1; levels < 128; levels++) {
      nested = List.of(nested);
    }
    assertThat(Document.of(nested).bytes()).hasSize(256);
    refused(List.of(nested), Kind.TOO_DEEP, "nested deeper than 128 levels");
    for (String far : List.of("1e309", "-1e999999999", "1e-400")) {
      refused(new BigDecimal(far), Kind.INVALID_ARGUMENT, "beyond what JSON can state");
    }
    refused(BigInteger.TEN.pow(309), Kind.INVALID_ARGUMENT, "beyond what JSON can state");
    assertThat(Document.of(new BigDecimal("0." + "1".repeat(767))).bytes()).hasSize(769);
    refused(
        new BigDecimal("0." + "1".repeat(768)),
        Kind.INVALID_ARGUMENT,
        "a number has more than 767 digits; round it");
  }

  @Test
  void a_script_is_given_back_what_the_type_says() {
    assertThat(opened("a", "text/plain;charset=utf-8")).isEqualTo("a");
    assertThat(opened("a", "application/octet-stream")).isEqualTo(new byte[] {'a'});
    for (String json : List.of("json", "application/json", "application/ld+json", "JSON")) {
      assertThat(opened("a", json)).isEqualTo("read a");
    }
    assertThat(opened("a", null)).isEqualTo("a");
    assertThat(opened("a", "application/pdf")).isEqualTo("a");
    byte[] noText = {(byte) 0xff};
    assertThat(new Document(noText, null).value(text -> text)).isEqualTo(noText);
    assertThatThrownBy(() -> new Document(noText, "json").value(text -> text))
        .hasMessage("the content says that it is json and is not UTF-8");
  }

  @Test
  void a_place_is_a_context_with_the_tenant_if_there_is_one() {
    assertThat(new Place("processInstance", "a", null).context("loans"))
        .isEqualTo("{\"installation\":\"loans\",\"processInstance\":\"a\"}");
    assertThat(new Place("caseInstance", "a\"", "t").context("loans"))
        .isEqualTo("{\"installation\":\"loans\",\"caseInstance\":\"a\\\"\",\"tenant\":\"t\"}");
  }

  private static Object opened(String text, String type) {
    return new Document(text.getBytes(UTF_8), type).value(json -> "read " + json);
  }

  private static void refused(Object value, Kind kind, String told) {
    assertThatThrownBy(() -> Document.of(value))
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(told);
  }
}
