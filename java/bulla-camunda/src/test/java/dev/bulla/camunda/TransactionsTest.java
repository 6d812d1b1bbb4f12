package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.ibatis.datasource.pooled.PooledDataSource;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a record when its transaction does not simply commit. */
class TransactionsTest {

  @TempDir Path directory;

  private Site site;
  private ProcessEngine engine;

  @BeforeEach
  void site() {
    site = new Site(directory);
  }

  @AfterEach
  void stop() {
    if (engine != null) {
      engine.close();
    }
  }

  @Test
  void a_command_that_fails_leaves_no_record_and_its_number_is_void() throws Exception {
    engine = start();
    int before = site.transactions().size();
    assertThatThrownBy(() -> startThen(() -> failing("on purpose")))
        .hasMessageContaining("on purpose");
    assertThat(site.transactions()).hasSize(before);
    assertClean();
  }

  @Test
  void a_command_that_fails_in_its_flush_leaves_no_record() throws Exception {
    engine = start();
    ProcessInstance instance = engine.getRuntimeService().startProcessInstanceByKey("order");
    int before = site.transactions().size();
    assertThatThrownBy(
            () ->
                execute(
                    context -> {
                      context
                          .getTransactionContext()
                          .addTransactionListener(
                              TransactionState.COMMITTING, c -> failing("before the commit"));
                      engine.getRuntimeService().setVariable(instance.getId(), "a", "b");
                      return null;
                    }))
        .hasMessageContaining("before the commit");
    assertThat(site.transactions()).hasSize(before);
    assertClean();
  }

  @Test
  void a_listener_that_fails_after_the_commit_does_not_make_the_record_void() throws Exception {
    engine = start();
    ProcessInstance instance = engine.getRuntimeService().startProcessInstanceByKey("order");
    int before = site.transactions().size();
    assertThatThrownBy(
            () ->
                execute(
                    context -> {
                      context
                          .getTransactionContext()
                          .addTransactionListener(
                              TransactionState.COMMITTED, c -> failing("after the commit"));
                      engine.getRuntimeService().setVariable(instance.getId(), "a", "b");
                      return null;
                    }))
        .hasMessageContaining("after the commit");
    assertThat(site.transactions()).hasSize(before + 1);
    assertClean();
  }

  @Test
  void a_commit_that_was_done_but_not_answered_is_looked_up() throws Exception {
    engine = start(new Commits(true));
    assertClean();
  }

  @Test
  void a_commit_that_failed_is_looked_up_and_void() throws Exception {
    engine = start(new Commits(false));
    assertClean();
  }

  @Test
  void two_commands_on_one_execution_leave_one_record_of_the_one_that_won() throws Exception {
    engine = start();
    ProcessInstance instance =
        engine.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", 1));
    assertThatThrownBy(
            () ->
                execute(
                    context -> {
                      engine.getRuntimeService().getVariable(instance.getId(), "a");
                      engine.getRuntimeService().setVariable(instance.getId(), "a", 2);
                      Thread other =
                          new Thread(
                              () ->
                                  engine.getRuntimeService().setVariable(instance.getId(), "a", 3));
                      other.start();
                      join(other);
                      return null;
                    }))
        .isInstanceOf(OptimisticLockingException.class);
    assertThat(engine.getRuntimeService().getVariable(instance.getId(), "a")).isEqualTo(3);
    assertClean();
  }

  @Test
  void a_record_that_cannot_be_written_fails_the_transaction_and_nothing_is_written()
      throws Exception {
    engine = start();
    site.execute("alter table BULLA_RECORD rename to BULLA_GONE");
    long instances = instances();
    assertThatThrownBy(() -> engine.getRuntimeService().startProcessInstanceByKey("order"))
        .hasMessageContaining("the ledger record cannot be written, so the transaction fails");
    assertThat(instances()).isEqualTo(instances);
    site.execute("alter table BULLA_GONE rename to BULLA_RECORD");
    engine.getRuntimeService().startProcessInstanceByKey("order");
    assertClean();
  }

  @Test
  void a_ledger_that_is_not_required_lets_the_transaction_pass_and_the_audit_shows_it()
      throws Exception {
    site.ledger("checkpoint = \"1h\"\nheartbeat = \"1h\"\nrequired = false\n");
    engine = start();
    site.execute("alter table BULLA_RECORD rename to BULLA_GONE");
    assertThat(LoggedText.of(() -> engine.getRuntimeService().startProcessInstanceByKey("order")))
        .contains("A transaction of loans/node-1 goes unrecorded; the audit will show a gap");
    site.execute("alter table BULLA_GONE rename to BULLA_RECORD");
    assertThat(instances()).isOne();
    site.node().checkpoint();
    assertThat(site.audit().findings()).isNotEmpty();
  }

  @Test
  void a_key_that_cannot_be_had_fails_the_transaction_and_says_which_and_what_to_do()
      throws Exception {
    ProcessInstance instance = startAndStop();
    String kid = site.query("select KID_ from BULLA_KEY where PURPOSE_ = 'data'").get(0);
    site.execute("delete from BULLA_KEY where PURPOSE_ = 'data'");
    Files.delete(site.anchors().resolve(Site.NODE).resolve("keys.jsonl"));
    engine = site.start();
    assertThatThrownBy(() -> engine.getRuntimeService().getVariable(instance.getId(), "a"))
        .hasStackTraceContaining("key " + kid + " is not in the keyring")
        .hasStackTraceContaining("put the row back from a backup or from the anchors");
  }

  @Test
  void a_key_whose_row_was_changed_fails_the_transaction_and_says_which_and_what_to_do()
      throws Exception {
    ProcessInstance instance = startAndStop();
    String kid = site.query("select KID_ from BULLA_KEY where PURPOSE_ = 'data'").get(0);
    site.execute("update BULLA_KEY set ROW_ = 'changed' where PURPOSE_ = 'data'");
    Files.delete(site.anchors().resolve(Site.NODE).resolve("keys.jsonl"));
    engine = site.start();
    assertThatThrownBy(() -> engine.getRuntimeService().getVariable(instance.getId(), "a"))
        .hasStackTraceContaining("key " + kid + " cannot be had from its row in the key registry");
  }

  @Test
  void a_key_that_the_database_lost_is_had_from_the_anchor() throws Exception {
    ProcessInstance instance = startAndStop();
    site.execute("update BULLA_KEY set ROW_ = 'changed' where PURPOSE_ = 'data'");
    engine = site.start();
    assertThat(engine.getRuntimeService().getVariable(instance.getId(), "a")).isEqualTo("b");
  }

  @Test
  void a_covered_table_written_outside_of_a_command_is_refused() {
    engine = start();
    ProcessEngineConfigurationImpl configuration =
        (ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration();
    try (var session = configuration.getSqlSessionFactory().openSession()) {
      assertThatThrownBy(
              () ->
                  session.delete(
                      "org.camunda.bpm.engine.impl.persistence.entity.CommentEntity.deleteComment",
                      "x"))
          .hasStackTraceContaining("but outside of a command of the engine");
    }
  }

  private ProcessInstance startAndStop() {
    ProcessEngine first = start();
    ProcessInstance instance =
        first.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", "b"));
    first.close();
    return instance;
  }

  private ProcessEngine start() {
    ProcessEngine started = site.start();
    Site.deploy(started);
    return started;
  }

  private ProcessEngine start(Commits commits) {
    ProcessEngine started = site.start(c -> c.setDataSource(commits.wrapping(site.url())));
    Site.deploy(started);
    commits.failNext();
    assertThatThrownBy(() -> started.getRuntimeService().startProcessInstanceByKey("order"))
        .hasStackTraceContaining("the connection broke");
    return started;
  }

  private void startThen(Runnable what) {
    execute(
        context -> {
          engine.getRuntimeService().startProcessInstanceByKey("order");
          what.run();
          return null;
        });
  }

  private <T> T execute(Command<T> command) {
    return ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
        .getCommandExecutorTxRequired()
        .execute(command);
  }

  private long instances() throws SQLException {
    return Long.parseLong(site.query("select count(*) from ACT_HI_PROCINST").get(0));
  }

  private void assertClean() throws Exception {
    site.node().checkpoint();
    var report = site.audit();
    assertThat(report.findings()).isEmpty();
    assertThat(report.missing()).isEmpty();
    assertThat(report.window().notAnchored()).isZero();
  }

  private static void failing(String message) {
    throw new IllegalStateException(message);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A data source that breaks one commit, before or after it is done. */
  private static final class Commits {
    private final boolean done;
    private final AtomicBoolean armed = new AtomicBoolean();

    Commits(boolean done) {
      this.done = done;
    }

    void failNext() {
      armed.set(true);
    }

    DataSource wrapping(String url) {
      PooledDataSource pool = new PooledDataSource("org.h2.Driver", url, "sa", "");
      return (DataSource)
          java.lang.reflect.Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {DataSource.class},
              (proxy, method, args) -> {
                Object result = invoke(pool, method, args);
                return result instanceof Connection connection ? breaking(connection) : result;
              });
    }

    private Connection breaking(Connection connection) {
      return (Connection)
          java.lang.reflect.Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, args) -> {
                boolean breaks =
                    method.getName().equals("commit")
                        && !Thread.currentThread().getName().startsWith("bulla")
                        && armed.getAndSet(false);
                if (breaks && !done) {
                  throw new SQLException("the connection broke");
                }
                Object result = invoke(connection, method, args);
                if (breaks) {
                  throw new SQLException("the connection broke");
                }
                return result;
              });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] args)
        throws Throwable {
      try {
        return method.invoke(target, args);
      } catch (java.lang.reflect.InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}
