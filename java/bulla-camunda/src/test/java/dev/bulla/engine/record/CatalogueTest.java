package dev.bulla.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.engine.sql.SqlReader;
import dev.bulla.engine.sql.Statement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.ibatis.mapping.MappedStatement;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Holds the catalogue against the statements and tables of the engine it was written for. */
class CatalogueTest {

  static final List<String> DIALECTS = MappedTexts.DIALECTS;

  private final Map<String, CoveredTable> catalogue = Coverage.catalogue();
  private final Coverage everything = Coverage.withFurther(Set.of("ACT_RU_*"));

  @ParameterizedTest
  @FieldSource("DIALECTS")
  void every_write_to_a_table_of_the_catalogue_is_classified(String dialect) throws Exception {
    List<String> unknown = new ArrayList<>();
    int classified = 0;
    for (MappedStatement statement : MappedTexts.writes(dialect)) {
      for (String text : MappedTexts.of(statement)) {
        if (text.isEmpty() || isCutShort(text)) {
          continue;
        }
        WritePlan plan = WritePlan.of(everything, text, SqlReader.plan(text));
        if (plan instanceof WritePlan.NotUnderstood) {
          unknown.add(statement.getId() + ": " + SqlReader.plan(text) + " " + text);
        } else if (plan != WritePlan.UNCOVERED) {
          classified++;
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(classified).isGreaterThan(300);
  }

  @Test
  void the_updatable_columns_are_those_that_some_dialect_updates() throws Exception {
    Map<String, Set<String>> updated = new TreeMap<>();
    for (String dialect : MappedTexts.DIALECTS) {
      for (MappedStatement statement : MappedTexts.writes(dialect)) {
        for (String text : MappedTexts.of(statement)) {
          if (SqlReader.plan(text) instanceof Statement.Update update) {
            updated
                .computeIfAbsent(update.table().name(), key -> new TreeSet<>())
                .addAll(update.set().keySet());
          }
        }
      }
    }
    updated.put("BULLA_OVERFLOW", Set.of("ENVELOPE_"));
    for (CoveredTable table : catalogue.values()) {
      assertThat(updated.getOrDefault(table.name(), Set.of()))
          .as(table.name())
          .isEqualTo(table.updatable());
    }
  }

  @Test
  void every_column_of_a_covered_table_is_in_the_catalogue() throws Exception {
    try (Connection connection = engineTables()) {
      for (CoveredTable table : catalogue.values()) {
        if (table.name().startsWith("BULLA_")) {
          continue;
        }
        Set<String> columns = new TreeSet<>();
        Map<String, String> defaults = new HashMap<>();
        try (ResultSet results =
            connection.getMetaData().getColumns(null, null, table.name(), null)) {
          while (results.next()) {
            columns.add(results.getString("COLUMN_NAME"));
            if (results.getString("COLUMN_DEF") != null) {
              defaults.put(results.getString("COLUMN_NAME"), results.getString("COLUMN_DEF"));
            }
          }
        }
        Set<String> known = new TreeSet<>(table.id());
        known.addAll(table.fixed());
        known.addAll(table.updatable());
        assertThat(known).as(table.name()).isEqualTo(columns);
        assertThat(table.defaults().keySet()).as(table.name()).isEqualTo(defaults.keySet());
        table
            .defaults()
            .forEach(
                (column, value) ->
                    assertThat(defaults.get(column).replace("TRUE", "1"))
                        .isEqualTo(value.toString()));
      }
    }
  }

  @Test
  void every_table_of_the_engine_is_in_the_catalogue_or_known_to_hold_no_history()
      throws Exception {
    Set<String> tables = new TreeSet<>();
    try (Connection connection = engineTables();
        ResultSet results = connection.getMetaData().getTables(null, null, "ACT_%", null)) {
      while (results.next()) {
        tables.add(results.getString("TABLE_NAME"));
      }
    }
    tables.removeAll(catalogue.keySet());
    assertThat(tables).containsExactly("ACT_GE_PROPERTY", "ACT_GE_SCHEMA_LOG");
  }

  @Test
  void a_pattern_that_matches_no_table_is_refused() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> Coverage.withFurther(Set.of("ACT_RU_TASKS")))
        .hasMessageContaining("policy.record: 'ACT_RU_TASKS' matches no table");
  }

  /** With every condition false some texts end before they say anything; the engine never does. */
  private static boolean isCutShort(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.endsWith(" where") || (lower.startsWith("update ") && !lower.contains(" set "));
  }

  private static Connection engineTables() throws Exception {
    String url = "jdbc:h2:mem:catalogue;DB_CLOSE_DELAY=-1";
    ProcessEngine engine =
        ProcessEngineConfiguration.createStandaloneInMemProcessEngineConfiguration()
            .setProcessEngineName("catalogue")
            .setJdbcUrl(url)
            .setDatabaseSchemaUpdate("true")
            .buildProcessEngine();
    engine.close();
    return DriverManager.getConnection(url, "sa", "");
  }
}
