package dev.bulla.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a command wrote, until it is recorded. */
class CaptureTest {

  private static final Coverage COVERAGE = Coverage.withFurther(Set.of());

  private final Capture capture = new Capture();

  @Test
  void neighbouring_updates_by_one_predicate_are_one_row() {
    capture.happened(removal("ACT_HI_DETAIL", "root", 5L));
    capture.happened(removal("ACT_HI_ACTINST", "root", 5L));
    capture.happened(removal("ACT_HI_ACTINST", "root", 6L));
    capture.happened(removal("ACT_HI_DETAIL", "other", 6L));
    assertThat(capture.rows())
        .extracting(CapturedRow::table)
        .containsExactly("ACT_HI_DETAIL,ACT_HI_ACTINST", "ACT_HI_ACTINST", "ACT_HI_DETAIL");
  }

  @Test
  void an_instance_is_started_by_its_own_row_only() {
    capture.happened(row(Operation.INSERT, "ACT_HI_ACTINST", "a"));
    assertThat(capture.started()).isEmpty();
    capture.happened(row(Operation.INSERT, "ACT_HI_PROCINST", "a"));
    capture.happened(row(Operation.UPDATE, "ACT_HI_PROCINST", "b"));
    assertThat(capture.started()).containsExactly("a");
    assertThat(capture.instances()).containsExactly("a", "b");
  }

  @Test
  void what_was_only_opened_makes_no_record() {
    capture.opened("ACT_RU_VARIABLE", "1", new byte[16]);
    assertThat(capture.isEmpty()).isTrue();
  }

  @Test
  void a_row_is_named_by_its_key_or_a_json_array_of_its_parts() {
    assertThat(RowId.of(List.of("a\"b"))).isEqualTo("a\"b");
    assertThat(RowId.of(List.of("a\"b", "\n\u0001"))).isEqualTo("[\"a\\\"b\",\"\\n\\u0001\"]");
  }

  private static CapturedRow removal(String table, String root, long value) {
    return CapturedRow.predicate(
        COVERAGE.table(table),
        "ROOT_PROC_INST_ID_",
        root,
        List.of(new CapturedRow.Column("REMOVAL_TIME_", false)),
        new Object[] {value});
  }

  private static CapturedRow row(Operation operation, String table, String instance) {
    return CapturedRow.written(
        operation, COVERAGE.table(table), instance, instance, null, List.of(), new Object[0]);
  }
}
