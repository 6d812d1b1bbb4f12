package dev.bulla.engine.seal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.engine.record.Coverage;
import dev.bulla.engine.record.CoveredTable;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The catalogue tells the auditor which columns are sealed; sealing decides it. */
class SealedColumnsTest {

  @Test
  void the_catalogue_names_the_columns_that_are_sealed() {
    for (CoveredTable table : Coverage.withFurther(Set.of("ACT_RU_*")).tables()) {
      assertThat(table.sealed()).as(table.name()).isEqualTo(sealed(table.name()));
    }
  }

  private static Set<String> sealed(String name) {
    if (name.equals("BULLA_OVERFLOW")) {
      return Set.of("ENVELOPE_");
    }
    Set<String> columns = new TreeSet<>();
    SealedTable table = SealedTable.named(name);
    if (table != null) {
      columns.addAll(table.texts());
      columns.addAll(table.numbers());
      table.bytes().forEach(bytes -> columns.add(bytes.column()));
      if (table.values() != null) {
        columns.addAll(
            Set.of(SealedTable.TEXT, SealedTable.TEXT2, SealedTable.LONG, SealedTable.DOUBLE));
      }
    }
    return columns;
  }
}
