package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.bulla.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are proven if policy says so, and otherwise are not. */
class RecordedTablesTest {
  private static final String CLAIM = "UPDATE ACT_RU_TASK SET ASSIGNEE_ = 'mallory'";

  @TempDir Path directory;

  @Test
  void a_running_task_is_proven_where_policy_says_so() throws Exception {
    Installation site = new Installation(directory);
    Path configuration = directory.resolve("bulla.toml");
    Files.writeString(
        configuration,
        Files.readString(configuration)
            .replace("[policy]\n", "[policy]\nrecord = [\"ACT_RU_*\"]\n"));
    site.live();
    assertThat(site.audit().findings()).isEmpty();

    String task = site.query("SELECT ID_ FROM ACT_RU_TASK");
    site.tamper(CLAIM);
    site.tamper("UPDATE ACT_RU_EXECUTION SET ACT_ID_ = 'end' WHERE ACT_ID_ = 'sign'");
    assertThat(site.audit().findings())
        .extracting(Finding::kind, Finding::table, Finding::column)
        .containsExactlyInAnyOrder(
            tuple("METADATA_CHANGED", "ACT_RU_TASK", "ASSIGNEE_"),
            tuple("METADATA_CHANGED", "ACT_RU_EXECUTION", "ACT_ID_"));
    assertThat(site.audit().findings()).extracting(Finding::row).contains(task);
  }

  @Test
  void a_running_task_is_not_proven_by_default() throws Exception {
    Installation site = new Installation(directory).live();
    site.tamper(CLAIM);
    assertThat(site.audit().findings()).isEmpty();
  }
}
