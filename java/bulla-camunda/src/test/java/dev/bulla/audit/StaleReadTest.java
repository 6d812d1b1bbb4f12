package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.AuditReport;
import dev.bulla.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An older genuine value in a running instance: the row keeps no trace of it afterwards. */
class StaleReadTest {
  private static final String AMOUNT = "ACT_RU_VARIABLE WHERE NAME_ = 'amount'";

  @TempDir Path directory;

  @Test
  void an_older_value_put_back_used_and_taken_away_again_is_a_stale_read() throws Exception {
    Installation site = new Installation(directory);
    ProcessEngine engine = site.start();
    Installation.deploy(engine);
    String instance =
        engine
            .getRuntimeService()
            .startProcessInstanceByKey("loan", Map.of("amount", 10_000L))
            .getId();
    String older = site.query("SELECT TEXT2_ FROM " + AMOUNT);
    engine.getRuntimeService().setVariable(instance, "amount", 20_000L);
    String newer = site.query("SELECT TEXT2_ FROM " + AMOUNT);
    String row = site.query("SELECT ID_ FROM " + AMOUNT);

    awaitNextMillisecond();
    put(site, older);
    assertThat(decide(engine, instance)).isEqualTo(10_000L);
    put(site, newer);
    assertThat(engine.getRuntimeService().getVariable(instance, "amount")).isEqualTo(20_000L);
    engine.close();

    AuditReport report = audit(site);
    assertThat(report.findings()).hasSize(1);
    Finding found = report.findings().get(0);
    assertThat(found.kind()).isEqualTo("STALE_READ");
    assertThat(found.table()).isEqualTo("ACT_RU_VARIABLE");
    assertThat(found.row()).isEqualTo(row);
    assertThat(found.variable()).isEqualTo("amount");
    assertThat(found.processInstance()).isEqualTo(instance);
    assertThat(found.user()).isEqualTo("clerk");
  }

  @Test
  void the_newest_value_used_is_none() throws Exception {
    Installation site = new Installation(directory);
    ProcessEngine engine = site.start();
    Installation.deploy(engine);
    String instance =
        engine
            .getRuntimeService()
            .startProcessInstanceByKey("loan", Map.of("amount", 10_000L))
            .getId();
    engine.getRuntimeService().setVariable(instance, "amount", 20_000L);
    awaitNextMillisecond();
    assertThat(decide(engine, instance)).isEqualTo(20_000L);
    engine.close();
    assertThat(audit(site).findings()).isEmpty();
  }

  /** Reads the amount and writes something else in one transaction; returns the amount. */
  private static Object decide(ProcessEngine engine, String instance) {
    engine.getIdentityService().setAuthenticatedUserId("clerk");
    ProcessEngineConfigurationImpl configuration =
        (ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration();
    Object amount =
        configuration
            .getCommandExecutorTxRequired()
            .execute(
                context -> {
                  Object read = engine.getRuntimeService().getVariable(instance, "amount");
                  engine.getRuntimeService().setVariable(instance, "decided", true);
                  return read;
                });
    engine.getIdentityService().clearAuthentication();
    return amount;
  }

  private static void put(Installation site, String envelope) throws Exception {
    site.tamper("UPDATE ACT_RU_VARIABLE SET TEXT2_ = '" + envelope + "' WHERE NAME_ = 'amount'");
  }

  /** Audits under a policy by which no transaction goes on with what it read. */
  private static AuditReport audit(Installation site) throws Exception {
    String policy = "stale = \"0s\"\n" + Files.readString(site.policy());
    return site.audit(audit -> audit.policy(policy, "audit-policy.toml"));
  }

  private static void awaitNextMillisecond() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() == now) {
      Thread.onSpinWait();
    }
  }
}
