package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalProgressTest {
  @Test
  void a_part_is_shown_with_how_much_of_it_is_done() {
    assertThat(TerminalProgress.line("Audit", "ACT_HI_DETAIL", 1, 2))
        .isEqualTo("Audit [===============               ]  50%  ACT_HI_DETAIL");
  }

  @Test
  void more_than_was_counted_is_all() {
    assertThat(TerminalProgress.line("Audit", "rows compared", 7, 5))
        .isEqualTo("Audit [==============================] 100%  rows compared");
  }

  @Test
  void of_what_nobody_counted_the_name_is_shown() {
    assertThat(TerminalProgress.line("Audit", "ledger verified", 0, -1))
        .isEqualTo("Audit: ledger verified");
  }
}
