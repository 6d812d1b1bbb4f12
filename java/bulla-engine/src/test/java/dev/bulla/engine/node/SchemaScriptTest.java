package dev.bulla.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The scripts that create the tables. */
class SchemaScriptTest {

  @Test
  void both_databases_get_the_same_tables_and_columns() throws Exception {
    assertThat(columns("postgres")).isEqualTo(columns("h2"));
  }

  @Test
  void postgres_gets_types_that_it_has() throws Exception {
    assertThat(script("postgres")).doesNotContainIgnoringCase("clob");
  }

  private static String columns(String database) throws IOException {
    return script(database)
        .replaceAll("(?m)^(    [A-Z_]+) .*$", "$1")
        .replaceAll("varchar\\(\\d+\\)|text|clob", "");
  }

  private static String script(String database) throws IOException {
    try (InputStream stream = Schema.class.getResourceAsStream(database + ".create.sql")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
