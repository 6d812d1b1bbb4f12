package dev.bulla.engine.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.history.HistoricVariableInstance;
import org.camunda.bpm.engine.runtime.ProcessInstanceQuery;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchTest {

  @TempDir Path directory;
  private SealedEngine sealed;
  private ProcessEngine engine;
  private RuntimeService runtime;

  @BeforeEach
  void start() {
    sealed =
        SealedEngine.inMemory(
            directory,
            "seal = [\"*\"]\nplain = [\"status\"]\nsearch = [\"order*\", \"INCIDENT_MSG_\"]");
    engine = sealed.engine();
    runtime = engine.getRuntimeService();
    OneTask.deploy(engine);
  }

  @AfterEach
  void close() {
    sealed.close();
  }

  private ProcessInstanceQuery query() {
    return runtime.createProcessInstanceQuery();
  }

  private static void assertNotSearchable(ThrowingCallable query, String variable) {
    Throwable thrown = OneTask.root(catchThrowable(query));
    assertThat(thrown).isInstanceOf(BullaException.class).hasMessageContaining(variable);
    assertThat(((BullaException) thrown).kind()).isEqualTo(Kind.NOT_SEARCHABLE);
  }

  @Test
  void a_listed_variable_is_found_by_equality_whatever_its_type() {
    OneTask.start(engine, "orderId", "A-1");
    OneTask.start(engine, "orderId", "A-2");
    OneTask.start(engine, "orderTotal", 17L);
    OneTask.start(engine, "orderWeight", 2.5);
    OneTask.start(engine, "orderPaid", true);
    OneTask.start(engine, "orderDate", new Date(1000));
    OneTask.start(engine, "orderItems", 3);
    assertThat(query().variableValueEquals("orderId", "A-1").count()).isEqualTo(1);
    assertThat(query().variableValueNotEquals("orderId", "A-1").count()).isEqualTo(1);
    assertThat(query().variableValueEquals("orderId", "a-1").count()).isZero();
    assertThat(query().variableValueEquals("orderTotal", 17L).count()).isEqualTo(1);
    assertThat(query().variableValueEquals("orderWeight", 2.5).count()).isEqualTo(1);
    assertThat(query().variableValueEquals("orderPaid", true).count()).isEqualTo(1);
    assertThat(query().variableValueEquals("orderDate", new Date(1000)).count()).isEqualTo(1);
    assertThat(query().variableValueEquals("orderItems", Variables.numberValue(3)).count())
        .isEqualTo(1);
    assertThat(
            engine
                .getHistoryService()
                .createHistoricVariableInstanceQuery()
                .variableValueEquals("orderId", "A-2")
                .count())
        .isEqualTo(1);
  }

  @Test
  void the_value_column_holds_a_tag_and_not_the_value() {
    OneTask.start(engine, "orderTotal", 17L);
    OneTask.start(engine, "orderId", "A-1");
    assertThat(sealed.select("select LONG_ from ACT_RU_VARIABLE where LONG_ is not null"))
        .hasSize(1)
        .noneMatch(row -> row.get(0).equals("17"));
    assertThat(sealed.select("select TEXT_ from ACT_RU_VARIABLE where TEXT_ is not null"))
        .hasSize(1)
        .allMatch(row -> row.get(0).startsWith("bulla:tag:"));
  }

  @Test
  void a_variable_that_is_not_listed_has_no_tag_and_is_refused_by_name() {
    OneTask.start(engine, "income", 4200L);
    assertThat(sealed.select("select LONG_, TEXT_ from ACT_RU_VARIABLE"))
        .allMatch(row -> row.get(0) == null && row.get(1) == null);
    assertNotSearchable(() -> query().variableValueEquals("income", 4200L).count(), "'income'");
    assertNotSearchable(
        () ->
            engine
                .getTaskService()
                .createTaskQuery()
                .processVariableValueNotEquals("income", 1L)
                .list(),
        "'income'");
  }

  @Test
  void other_comparisons_than_equality_are_refused_by_name() {
    assertNotSearchable(() -> query().variableValueLike("orderId", "A%").list(), "'orderId'");
    assertNotSearchable(
        () -> query().variableValueGreaterThan("orderTotal", 1L).list(), "'orderTotal'");
    assertNotSearchable(
        () -> query().matchVariableValuesIgnoreCase().variableValueEquals("orderId", "a-1").list(),
        "'orderId'");
    assertNotSearchable(
        () ->
            engine
                .getTaskService()
                .createTaskQuery()
                .orderByProcessVariable(
                    "orderId", org.camunda.bpm.engine.variable.type.ValueType.STRING)
                .asc()
                .list(),
        "'orderId'");
  }

  @Test
  void a_plain_variable_is_compared_as_ever() {
    OneTask.start(engine, "status", "open for review");
    assertThat(query().variableValueLike("status", "open%").count()).isEqualTo(1);
    assertThat(query().variableValueEquals("status", "open for review").count()).isEqualTo(1);
    assertThat(sealed.select("select TYPE_, TEXT_ from ACT_RU_VARIABLE").get(0))
        .containsExactly("string", "open for review");
  }

  @Test
  void null_is_found_whatever_its_type() {
    OneTask.start(engine, "orderId", null);
    OneTask.start(engine, "orderId", "A-1");
    OneTask.start(engine, "orderId", Variables.stringValue(null));
    OneTask.start(engine, "income", null);
    OneTask.start(engine, "income", 17L);
    OneTask.start(engine, "status", null);
    OneTask.start(engine, "status", "open");
    assertThat(query().variableValueEquals("orderId", null).count()).isEqualTo(2);
    assertThat(query().variableValueEquals("orderId", Variables.stringValue(null)).count())
        .isEqualTo(1);
    assertThat(query().variableValueEquals("orderId", Variables.longValue(null)).count()).isZero();
    assertThat(query().variableValueNotEquals("orderId", null).count()).isEqualTo(1);
    assertThat(query().variableValueNotEquals("orderId", "A-2").count()).isEqualTo(3);
    assertThat(query().variableValueEquals("income", null).count()).isEqualTo(1);
    assertThat(query().variableValueNotEquals("income", null).count()).isEqualTo(1);
    assertThat(query().variableValueEquals("status", null).count()).isEqualTo(1);
    assertThat(query().variableValueNotEquals("status", null).count()).isEqualTo(1);
    assertThat(
            engine
                .getTaskService()
                .createTaskQuery()
                .processVariableValueEquals("income", null)
                .count())
        .isEqualTo(1);
    assertThat(
            engine
                .getHistoryService()
                .createHistoricProcessInstanceQuery()
                .variableValueEquals("income", null)
                .count())
        .isEqualTo(1);
    assertThat(runtime.createVariableInstanceQuery().variableValueEquals("orderId", null).list())
        .hasSize(2)
        .allSatisfy(variable -> assertThat(variable.getValue()).isNull());
  }

  @Test
  void a_value_that_becomes_null_is_no_longer_found_and_the_other_way_round() {
    String instance = OneTask.start(engine, "orderId", "A-1");
    runtime.setVariable(instance, "orderId", null);
    assertThat(query().variableValueEquals("orderId", "A-1").count()).isZero();
    assertThat(query().variableValueEquals("orderId", null).count()).isEqualTo(1);
    runtime.setVariable(instance, "orderId", "A-2");
    assertThat(query().variableValueEquals("orderId", null).count()).isZero();
    assertThat(query().variableValueEquals("orderId", "A-2").count()).isEqualTo(1);
  }

  @Test
  void types_are_found_under_their_own_names_among_plain_and_sealed_ones() {
    OneTask.start(engine, "income", 4200L);
    OneTask.start(engine, "orderId", "A-1");
    assertThat(namesOfType("long")).containsExactly("income");
    OneTask.start(engine, "status", "open");
    assertThat(namesOfType("long")).containsExactly("income");
    assertThat(namesOfType("String")).containsExactlyInAnyOrder("orderId", "status");
    assertThat(namesOfType("long", "string"))
        .containsExactlyInAnyOrder("income", "orderId", "status");
  }

  private List<String> namesOfType(String... types) {
    return engine
        .getHistoryService()
        .createHistoricVariableInstanceQuery()
        .variableTypeIn(types)
        .list()
        .stream()
        .map(HistoricVariableInstance::getName)
        .toList();
  }

  @Test
  void a_message_is_correlated_by_a_listed_variable() {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "wait.bpmn",
            Bpmn.createExecutableProcess("wait")
                .startEvent()
                .intermediateCatchEvent()
                .message("paid")
                .endEvent()
                .done())
        .deploy();
    for (String order : new String[] {"A-1", "A-2"}) {
      runtime.createProcessInstanceByKey("wait").setVariable("orderId", order).execute();
    }
    runtime
        .createMessageCorrelation("paid")
        .processInstanceVariableEquals("orderId", "A-2")
        .correlate();
    assertThat(query().variableValueEquals("orderId", "A-1").count()).isEqualTo(1);
    assertThat(query().variableValueEquals("orderId", "A-2").count()).isZero();
  }

  @Test
  void a_users_own_sql_passes_untouched() {
    OneTask.start(engine, "income", 4200L);
    assertThat(
            runtime
                .createNativeProcessInstanceQuery()
                .sql(
                    "select E.* from ACT_RU_EXECUTION E join ACT_RU_VARIABLE V"
                        + " on V.EXECUTION_ID_ = E.ID_ where V.LONG_ > #{least}")
                .parameter("least", 1L)
                .list())
        .isEmpty();
  }

  @Test
  void an_incident_is_found_by_its_message_and_its_message_is_sealed() {
    String instance = OneTask.start(engine, "orderId", "A-1");
    runtime.createIncident("failed", instance, null, "canary-incident");
    assertThat(runtime.createIncidentQuery().incidentMessage("canary-incident").list())
        .singleElement()
        .satisfies(found -> assertThat(found.getIncidentMessage()).isEqualTo("canary-incident"));
    assertThat(runtime.createIncidentQuery().incidentMessage("another").count()).isZero();
    assertNotSearchable(
        () -> runtime.createIncidentQuery().incidentMessageLike("canary%").list(),
        "ACT_RU_INCIDENT.INCIDENT_MSG_");
    assertThat(sealed.dump()).doesNotContain("canary-incident");
    String cut = "cut within 😀".substring(0, 12);
    runtime.createIncident("failed", instance, null, cut);
    assertThat(runtime.createIncidentQuery().incidentMessage(cut).singleResult())
        .satisfies(found -> assertThat(found.getIncidentMessage()).isEqualTo("cut within \ufffd"));
  }
}
