package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;
import org.camunda.bpm.engine.spring.ProcessEngineFactoryBean;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Commands of the engine inside of transactions that Spring begins and ends. */
class SpringTransactionsTest {

  @TempDir Path directory;

  private Site site;
  private JdbcConnectionPool pool;
  private AnnotationConfigApplicationContext context;
  private ProcessEngine engine;
  private Orders orders;

  @BeforeEach
  void start() {
    site = new Site(directory);
    pool = JdbcConnectionPool.create(site.url(), "sa", "");
    context = new AnnotationConfigApplicationContext();
    DataSourceTransactionManager transactions = new DataSourceTransactionManager(pool);
    SpringProcessEngineConfiguration configuration = new SpringProcessEngineConfiguration();
    configuration.setProcessEngineName("spring");
    configuration.setDataSource(pool);
    configuration.setTransactionManager(transactions);
    configuration.setApplicationContext(context);
    configuration.setDatabaseSchemaUpdate("true");
    configuration.setJobExecutorActivate(false);
    configuration.setHistory("full");
    configuration.setIdGenerator(new StrongUuidGenerator());
    configuration.setProcessEnginePlugins(new ArrayList<>(List.of(site.plugin())));
    context.registerBean(DataSourceTransactionManager.class, () -> transactions);
    context.registerBean(
        ProcessEngineFactoryBean.class,
        () -> {
          ProcessEngineFactoryBean factory = new ProcessEngineFactoryBean();
          factory.setProcessEngineConfiguration(configuration);
          return factory;
        });
    context.register(Transactions.class);
    context.refresh();
    engine = context.getBean(ProcessEngine.class);
    Site.deploy(engine);
    orders = context.getBean(Orders.class);
  }

  @AfterEach
  void stop() {
    context.close();
    pool.dispose();
  }

  @Test
  void two_commands_of_one_transaction_commit_with_two_records() throws Exception {
    int before = site.transactions().size();
    orders.startTwo(false);
    assertThat(site.query("select ID_ from ACT_HI_PROCINST")).hasSize(2);
    assertThat(site.transactions()).hasSize(before + 2);
    assertClean();
  }

  @Test
  void two_commands_of_one_transaction_roll_back_with_their_records() throws Exception {
    int before = site.transactions().size();
    assertThatThrownBy(() -> orders.startTwo(true)).hasMessage("on purpose");
    assertThat(site.query("select ID_ from ACT_HI_PROCINST")).isEmpty();
    assertThat(site.transactions()).hasSize(before);
    assertThat(site.query("select INSTANCE_ from BULLA_SALT")).isEmpty();
    assertThat(site.query("select KID_ from BULLA_KEY where PURPOSE_ = 'data'")).hasSize(1);
    assertClean();
  }

  @Test
  void a_command_that_rolls_back_in_an_outer_transaction_takes_all_with_it() throws Exception {
    int before = site.transactions().size();
    assertThatThrownBy(() -> orders.startAndFail()).isNotNull();
    assertThat(site.query("select ID_ from ACT_HI_PROCINST")).isEmpty();
    assertThat(site.transactions()).hasSize(before);
    assertClean();
  }

  @Test
  void a_command_that_is_rolled_back_to_a_savepoint_takes_its_record_with_it() throws Exception {
    int before = site.transactions().size();
    inTransaction(
        () -> {
          start("kept");
          nested(status -> startAndUndo(status));
        });
    assertThat(site.query("select ID_ from ACT_HI_PROCINST")).hasSize(1);
    assertThat(site.transactions()).hasSize(before + 1);
    assertClean();
  }

  @Test
  void a_command_after_a_rollback_to_a_savepoint_is_recorded() throws Exception {
    int before = site.transactions().size();
    inTransaction(
        () -> {
          nested(status -> startAndUndo(status));
          nested(status -> start("kept"));
          nested(status -> startAndUndo(status));
          start("kept as well");
        });
    assertThat(site.transactions()).hasSize(before + 2);
    assertClean();
  }

  @Test
  void a_record_that_is_deleted_after_its_nested_transaction_is_missed() throws Exception {
    inTransaction(() -> nested(status -> start("kept")));
    site.execute(
        "delete from BULLA_RECORD where SEQ_ = (select max(SEQ_) from BULLA_RECORD"
            + " where RECORD_ like '%\"kind\":\"tx\"%')");
    site.node().checkpoint();
    assertThat(site.audit().findings()).extracting(Finding::kind).contains("LOG_GAP");
  }

  @Test
  void a_value_sealed_in_a_transaction_is_read_back_in_it() {
    assertThat(orders.writeAndRead()).isEqualTo("the plaintext");
  }

  @Test
  void a_command_without_an_outer_transaction_commits_by_itself() throws Exception {
    engine.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", "b"));
    assertThat(site.query("select ID_ from ACT_HI_PROCINST")).hasSize(1);
    assertClean();
  }

  private void inTransaction(Runnable work) {
    new TransactionTemplate(context.getBean(DataSourceTransactionManager.class))
        .executeWithoutResult(status -> work.run());
  }

  private void nested(Consumer<TransactionStatus> work) {
    TransactionTemplate template =
        new TransactionTemplate(context.getBean(DataSourceTransactionManager.class));
    template.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    template.executeWithoutResult(work);
  }

  private void start(String value) {
    engine.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", value));
  }

  private void startAndUndo(TransactionStatus status) {
    start("undone");
    status.setRollbackOnly();
  }

  private void assertClean() throws Exception {
    site.node().checkpoint();
    var report = site.audit();
    assertThat(report.findings()).isEmpty();
    assertThat(report.missing()).isEmpty();
    assertThat(report.window().notAnchored()).isZero();
  }

  @Configuration
  @EnableTransactionManagement(proxyTargetClass = true)
  static class Transactions {
    @Bean
    Orders orders(ProcessEngine engine) {
      return new Orders(engine);
    }
  }

  static class Orders {
    private final ProcessEngine engine;

    Orders(ProcessEngine engine) {
      this.engine = engine;
    }

    @Transactional
    void startTwo(boolean fail) {
      engine.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", "one"));
      engine.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", "two"));
      if (fail) {
        throw new IllegalStateException("on purpose");
      }
    }

    @Transactional
    void startAndFail() {
      engine.getRuntimeService().startProcessInstanceByKey("order", Map.of("a", "one"));
      engine.getTaskService().complete("no such task");
    }

    @Transactional
    String writeAndRead() {
      String id =
          engine
              .getRuntimeService()
              .startProcessInstanceByKey("order", Map.of("a", "the plaintext"))
              .getId();
      return (String) engine.getRuntimeService().getVariable(id, "a");
    }
  }
}
