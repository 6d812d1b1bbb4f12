package dev.bulla.engine.seal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.engine.record.Coverage;
import dev.bulla.engine.record.CoveredTable;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** An audit calls a change of a column one of a value if the catalogue lists it as sealed. */
class SealedCatalogueTest {

  @Test
  void the_catalogue_lists_the_columns_that_are_sealed() {
    TreeMap<String, Set<String>> sealed = new TreeMap<>();
    for (SealedTable table : SealedTable.all()) {
      Set<String> columns = new TreeSet<>(table.texts());
      table.bytes().forEach(bytes -> columns.add(bytes.column()));
      if (table.values() != null) {
        columns.addAll(
            Set.of(SealedTable.TEXT, SealedTable.TEXT2, SealedTable.LONG, SealedTable.DOUBLE));
      }
      sealed.put(table.name(), columns);
    }

    TreeMap<String, Set<String>> listed = new TreeMap<>();
    for (CoveredTable table : Coverage.withFurther(Set.of("ACT_RU_*")).tables()) {
      if (!table.sealed().isEmpty()) {
        listed.put(table.name(), table.sealed());
      }
    }

    assertThat(listed).isEqualTo(sealed);
  }
}
