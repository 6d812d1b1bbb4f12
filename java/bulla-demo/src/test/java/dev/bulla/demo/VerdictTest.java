package dev.bulla.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.Finding;
import dev.bulla.Finding.Severity;
import dev.bulla.demo.Attack.Expected;
import dev.bulla.demo.Attack.OlderBackup;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Finding IN_ROW_1 =
      found("VALUE_CHANGED", "ACT_HI_VARINST", "1", "TEXT_", "amount");
  private static final Expected ROW_1 =
      Expected.of("VALUE_CHANGED", "ACT_HI_VARINST", "1").in("TEXT_").ofVariable("amount");

  @Test
  void whatIsFoundWhereItWasDoneIsLocated() {
    Verdict verdict = on(List.of(IN_ROW_1), ROW_1);
    assertThat(verdict.located()).isTrue();
    assertThat(verdict.falseAlarms()).isEmpty();
  }

  @Test
  void theRightKindInAnotherPlaceIsAFalseAlarmAndLocatesNothing() {
    for (Finding elsewhere :
        List.of(
            found("VALUE_CHANGED", "ACT_HI_DETAIL", "1", "TEXT_", "amount"),
            found("VALUE_CHANGED", "ACT_HI_VARINST", "2", "TEXT_", "amount"),
            found("VALUE_CHANGED", "ACT_HI_VARINST", "1", "LONG_", "amount"),
            found("VALUE_CHANGED", "ACT_HI_VARINST", "1", "LONG_, TEXT_", "amount"),
            found("VALUE_CHANGED", "ACT_HI_VARINST", "1", "TEXT_", "income"))) {
      Verdict verdict = on(List.of(elsewhere), ROW_1);
      assertThat(verdict.located()).as("%s", elsewhere).isFalse();
      assertThat(verdict.falseAlarms()).containsExactly(elsewhere);
    }
  }

  @Test
  void aFindingThatIsMadeTwiceIsAFalseAlarmOnce() {
    Verdict verdict = on(List.of(IN_ROW_1, IN_ROW_1), ROW_1);
    assertThat(verdict.located()).isTrue();
    assertThat(verdict.falseAlarms()).containsExactly(IN_ROW_1);
  }

  @Test
  void aRowThatIsNotFoundIsMissedThoughOthersAre() {
    Expected missing = Expected.of("ROW_MISSING", "ACT_HI_VARINST", "3");
    Verdict verdict = on(List.of(IN_ROW_1), ROW_1, missing);
    assertThat(verdict.missed()).containsExactly(missing);
    assertThat(verdict.located()).isFalse();
    assertThat(missing).hasToString("ROW_MISSING ACT_HI_VARINST 3");
  }

  @Test
  void ofAnOlderRowEachFindingIsExpectedThatNamesOnlyOlderColumns() {
    Expected older = Expected.older("ACT_HI_VARINST", "1", Set.of("TEXT_", "REV_"));
    Finding revision = found("METADATA_CHANGED", "ACT_HI_VARINST", "1", "REV_", "amount");
    assertThat(on(List.of(IN_ROW_1, revision), older).falseAlarms()).isEmpty();
    Finding time = found("METADATA_CHANGED", "ACT_HI_VARINST", "1", "REV_, TIME_", "amount");
    assertThat(on(List.of(IN_ROW_1, time), older).falseAlarms()).containsExactly(time);
  }

  private static Verdict on(List<Finding> findings, Expected... expected) {
    return Verdict.on(new OlderBackup("test", List.of(expected)), findings);
  }

  private static Finding found(
      String kind, String table, String row, String column, String variable) {
    return new Finding(
        kind, Severity.CRITICAL, table, row, column, variable, null, null, null, null, null);
  }
}
