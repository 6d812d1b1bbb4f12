package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node from its start to its end. */
class NodeTest {

  @TempDir Path directory;

  private Site site;

  @BeforeEach
  void site() {
    site = new Site(directory);
  }

  @Test
  void a_variable_is_sealed_recorded_and_read_back() throws Exception {
    ProcessEngine engine = site.start();
    try {
      Site.deploy(engine);
      ProcessInstance instance =
          engine
              .getRuntimeService()
              .startProcessInstanceByKey("order", Map.of("secret", "the plaintext"));
      assertThat(engine.getRuntimeService().getVariable(instance.getId(), "secret"))
          .isEqualTo("the plaintext");
      assertThat(site.query("select TEXT_ from ACT_RU_VARIABLE")).containsExactly((String) null);
      assertThat(site.query("select TEXT2_ from ACT_RU_VARIABLE").get(0)).startsWith("ey");
      assertThat(site.transactions()).hasSizeGreaterThanOrEqualTo(2);
      assertThat(site.records().get(0)).contains("\"kind\":\"epoch\"");
      assertThat(site.query("select INSTANCE_ from BULLA_SALT")).containsExactly(instance.getId());
    } finally {
      engine.close();
    }
  }

  @Test
  void the_epoch_is_anchored_before_the_first_transaction_and_ends_with_the_engine()
      throws Exception {
    ProcessEngine engine = site.start();
    assertThat(site.anchored()).anyMatch(line -> line.contains("kind\\\":\\\"epoch"));
    Site.deploy(engine);
    engine.close();
    assertThat(site.records()).last().asString().contains("\"kind\":\"end\"");
    for (String record : site.query("select cast(SEQ_ as varchar) from BULLA_RECORD")) {
      assertThat(site.anchored()).anyMatch(line -> line.contains("\\\"seq\\\":" + record + ","));
    }
    assertThat(site.query("select KID_ from BULLA_KEY")).hasSize(3);
    assertThat(site.anchored()).filteredOn(line -> line.startsWith("{\"key\":")).hasSize(3);
  }

  @Test
  void a_closed_engine_still_counts_but_refuses_to_write() {
    ProcessEngine engine = site.start();
    Site.deploy(engine);
    engine.getRuntimeService().startProcessInstanceByKey("order");
    engine.close();

    assertThat(engine.getRuntimeService().createProcessInstanceQuery().count()).isEqualTo(1);
    assertThatThrownBy(() -> engine.getRuntimeService().startProcessInstanceByKey("order"))
        .hasStackTraceContaining("the log loans/node-1 has not begun, or has ended");
    assertThat(engine.getRuntimeService().createProcessInstanceQuery().count()).isEqualTo(1);
  }

  @Test
  void a_thread_that_outlives_the_engine_cannot_write_even_where_the_ledger_is_not_required()
      throws Exception {
    site.ledger("checkpoint = \"1h\"\nheartbeat = \"1h\"\nrequired = false\n");
    JdbcConnectionPool pool = JdbcConnectionPool.create(site.url(), "sa", "");
    ProcessEngine engine = site.start(configuration -> configuration.setDataSource(pool));
    Site.deploy(engine);
    engine.getRuntimeService().startProcessInstanceByKey("order");
    String task = engine.getTaskService().createTaskQuery().singleResult().getId();
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            () ->
                ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
                    .getCommandExecutorTxRequired()
                    .execute(
                        context -> {
                          engine.getTaskService().setAssignee(task, "late");
                          working.countDown();
                          await(closed);
                          return null;
                        }));
    await(working);
    engine.close();
    closed.countDown();

    assertThatThrownBy(late::join)
        .hasStackTraceContaining("the log loans/node-1 has not begun, or has ended");
    assertThatThrownBy(() -> engine.getTaskService().setAssignee(task, "later"))
        .hasStackTraceContaining("the log loans/node-1 has not begun, or has ended");
    assertThat(site.query("select ASSIGNEE_ from ACT_RU_TASK")).containsExactly((String) null);
    assertThat(site.query("select ASSIGNEE_ from ACT_HI_TASKINST")).containsExactly((String) null);
    pool.dispose();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void an_engine_may_be_closed_twice() {
    ProcessEngine engine = site.start();
    engine.close();
    engine.close();
    assertThat(engine.getRuntimeService().createProcessInstanceQuery().count()).isZero();
  }

  @Test
  void a_second_engine_of_the_same_name_is_refused() {
    ProcessEngine engine = site.start();
    try {
      assertThatThrownBy(() -> site.start())
          .hasStackTraceContaining("another process engine of this Java process keeps the log")
          .hasStackTraceContaining("give this one another name (node) in bulla.toml");
    } finally {
      engine.close();
    }
  }

  @Test
  void a_job_that_fails_while_the_engine_is_built_does_not_end_the_node() throws Exception {
    ProcessEngine engine =
        site.start(
            configuration ->
                configuration
                    .getProcessEnginePlugins()
                    .add(
                        0,
                        new AbstractProcessEnginePlugin() {
                          @Override
                          public void postProcessEngineBuild(ProcessEngine built) {
                            failElsewhere(configuration);
                          }
                        }));
    try {
      Site.deploy(engine);
      assertThat(engine.getRuntimeService().startProcessInstanceByKey("order")).isNotNull();
    } finally {
      engine.close();
    }
  }

  private static void failElsewhere(ProcessEngineConfigurationImpl configuration) {
    var failing =
        CompletableFuture.runAsync(
            () ->
                configuration
                    .getCommandExecutorTxRequired()
                    .execute(
                        context -> {
                          throw new IllegalStateException("on purpose");
                        }));
    assertThatThrownBy(failing::join).hasMessageContaining("on purpose");
  }

  @Test
  void an_engine_that_was_closed_can_be_started_again_and_goes_on_with_its_log() throws Exception {
    ProcessEngine first = site.start();
    Site.deploy(first);
    first.close();
    int before = site.records().size();
    ProcessEngine second = site.start();
    second.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", 1L));
    second.close();
    assertThat(site.records()).hasSizeGreaterThan(before + 2);
    assertThat(site.records())
        .filteredOn(record -> record.contains("\"kind\":\"epoch\""))
        .hasSize(2);
  }

  @Test
  void a_database_that_was_in_use_without_a_ledger_is_refused_with_what_to_do() {
    site.configuration().setProcessEnginePlugins(java.util.List.of());
    ProcessEngine plain =
        site.start(
            configuration -> configuration.setProcessEnginePlugins(new java.util.ArrayList<>()));
    Site.deploy(plain);
    plain.close();
    assertThatThrownBy(() -> site.start())
        .hasStackTraceContaining("has rows, but the database has no ledger")
        .hasStackTraceContaining("Adopting a running history is not possible yet");
  }

  @Test
  void an_engine_that_must_not_create_tables_says_which_script_to_run() {
    assertThatThrownBy(() -> site.start(c -> c.setDatabaseSchemaUpdate("false")))
        .hasStackTraceContaining("run dev/bulla/engine/node/<database>.create.sql");
  }

  @Test
  void an_engine_that_is_not_told_how_its_transactions_end_is_refused() {
    assertThatThrownBy(() -> site.start(c -> c.setTransactionsExternallyManaged(true)))
        .hasStackTraceContaining("its transaction context does not know when they commit")
        .hasStackTraceContaining("use standalone or Spring-managed transactions");
  }

  @Test
  void an_engine_that_counts_its_rows_itself_is_warned_of() {
    String log =
        LoggedText.of(
            () ->
                site.start(
                        c -> c.setIdGenerator(new org.camunda.bpm.engine.impl.db.DbIdGenerator()))
                    .close());
    assertThat(log)
        .contains("The engine numbers its rows with its own counter")
        .contains("org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator");
    assertThat(LoggedText.of(() -> site.start().close())).doesNotContain("its own counter");
  }

  @Test
  void an_engine_that_drops_its_tables_drops_these_as_well() throws Exception {
    ProcessEngine engine = site.start(c -> c.setDatabaseSchemaUpdate("create-drop"));
    Site.deploy(engine);
    engine.close();
    assertThat(
            site.query(
                "select TABLE_NAME from INFORMATION_SCHEMA.TABLES where TABLE_NAME like 'BULLA%' or TABLE_NAME like 'ACT%'"))
        .isEmpty();
  }

  @Test
  void an_engine_that_could_not_be_built_gives_its_log_back() throws Exception {
    assertThatThrownBy(
            () ->
                site.start(
                    c -> {
                      c.setDatabaseSchemaUpdate("true");
                      c.setHistory("full");
                      c.setDbHistoryUsed(false);
                      c.setDatabaseSchemaUpdate("create");
                    }))
        .isNotNull();
    site.execute("drop all objects");
    site.start().close();
  }

  @Test
  void tables_follow_the_engines_prefix() throws Exception {
    site.execute("create schema CAM");
    ProcessEngine engine =
        site.start(
            c -> {
              c.setDatabaseTablePrefix("CAM.");
              c.setDatabaseSchema("CAM");
              c.setJdbcUrl(site.url() + ";SCHEMA=CAM");
            });
    try {
      Site.deploy(engine);
      engine.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", "b"));
      assertThat(site.query("select RECORD_ from CAM.BULLA_RECORD")).hasSizeGreaterThan(3);
    } finally {
      engine.close();
    }
  }
}
