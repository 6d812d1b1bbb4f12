package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.AuditReport;
import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.camunda.script.CurrentBulla;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.externaltask.LockedExternalTask;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.builder.EndEventBuilder;
import org.camunda.bpm.model.bpmn.builder.ProcessBuilder;
import org.camunda.bpm.model.bpmn.builder.StartEventBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which context an envelope has that states none, and where there is none to take. */
class ScriptPlacesTest {

  private static final String NOWHERE =
      "INVALID_ARGUMENT: there is no process instance here whose context could be taken; state"
          + " one: ";

  @TempDir Path directory;

  private Site site;
  private ProcessEngine engine;

  @BeforeEach
  void start() {
    site = new Site(directory);
    engine = site.start();
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void it_opens_in_its_instance_at_another_task_and_after_a_migration() {
    deploy(
        process("order")
            .scriptTask("seal")
            .scriptFormat("groovy")
            .scriptText("bulla.seal(note)")
            .camundaResultVariable("envelope")
            .userTask("wait")
            .scriptTask("open")
            .scriptFormat("javascript")
            .scriptText("bulla.open(envelope)")
            .camundaResultVariable("opened")
            .userTask("end")
            .endEvent());
    ProcessInstance instance = start("order", Map.of("note", "text"));
    String before = instance.getProcessDefinitionId();
    deploy(
        process("order")
            .userTask("wait")
            .serviceTask("open")
            .camundaExpression("${bulla.open(envelope)}")
            .camundaResultVariable("opened")
            .userTask("end")
            .endEvent());
    var runtime = engine.getRuntimeService();
    runtime
        .newMigration(
            runtime
                .createMigrationPlan(before, definition("order"))
                .mapActivities("wait", "wait")
                .build())
        .processInstanceIds(instance.getId())
        .execute();
    runtime.setVariable(instance.getId(), "later", true);
    engine.getTaskService().complete(task().getId());

    assertThat(runtime.getVariable(instance.getId(), "opened")).isEqualTo("text");
  }

  @Test
  void a_worker_elsewhere_states_what_its_task_tells() {
    deploy(
        process("order")
            .serviceTask("seal")
            .camundaExpression("${bulla:seal(note)}")
            .camundaResultVariable("payload")
            .serviceTask("ship")
            .camundaExternalTask("shipping")
            .userTask("wait")
            .endEvent(),
        "acme");
    engine
        .getRuntimeService()
        .createProcessInstanceByKey("order")
        .processDefinitionTenantId("acme")
        .setVariable("note", "text")
        .execute();

    LockedExternalTask task =
        engine
            .getExternalTaskService()
            .fetchAndLock(1, "worker")
            .topic("shipping", 60_000)
            .execute()
            .get(0);
    String context =
        "{\"installation\":\"loans\",\"processInstance\":\"%s\",\"tenant\":\"%s\"}"
            .formatted(task.getProcessInstanceId(), task.getTenantId());

    String payload = (String) task.getVariables().get("payload");
    assertThat(site.node().bulla().openContent(payload, context).text()).isEqualTo("text");
    assertThatThrownBy(
            () -> site.node().bulla().openPortable(payload, context.replace("acme", "other")))
        .hasMessageContaining("/tenant is \"acme\" and should be \"other\"");
  }

  @Test
  void a_called_process_is_another_instance_and_needs_a_context_of_its_own() {
    deploy(
        process("called")
            .serviceTask("open")
            .camundaExpression("${bulla.open(stated, '{\"order\":1}')}")
            .camundaResultVariable("opened")
            .serviceTask("fail")
            .camundaExpression("${bulla.open(envelope)}")
            .endEvent());
    deploy(
        process("caller")
            .scriptTask("seal")
            .scriptFormat("groovy")
            .scriptText(
                "execution.setVariable('stated', bulla.seal(note, [order: 1]));"
                    + " execution.setVariable('envelope', bulla.seal(note))")
            .callActivity("call")
            .calledElement("called")
            .camundaIn("stated", "stated")
            .camundaIn("envelope", "envelope")
            .endEvent());

    assertThatThrownBy(() -> start("caller", Map.of("note", "text")))
        .hasMessageContaining("CONTEXT_MISMATCH: the envelope belongs elsewhere")
        .hasMessageContaining("/processInstance is ")
        .hasMessageContaining("seal(value, context), open(envelope, context)");
  }

  @Test
  void a_message_between_instances_states_its_context() {
    deploy(
        process("receiver")
            .intermediateCatchEvent("receive")
            .message("offer")
            .scriptTask("open")
            .scriptFormat("javascript")
            .scriptText("bulla.open(offer, {order: order}).rate")
            .camundaResultVariable("rate")
            .userTask("wait")
            .endEvent());
    ProcessInstance receiver = start("receiver", Map.of("order", 4711));
    Object envelope =
        new Scripts(engine, Language.JAVASCRIPT)
            .evaluate("bulla.seal({rate: 3.9}, {order: 4711})", Map.of());
    engine
        .getRuntimeService()
        .createMessageCorrelation("offer")
        .processInstanceId(receiver.getId())
        .setVariable("offer", envelope)
        .correlate();

    assertThat(engine.getRuntimeService().getVariable(receiver.getId(), "rate")).isEqualTo(3.9);
  }

  @Test
  void the_scripts_of_a_task_have_the_place_of_its_instance() {
    deploy(
        process("order")
            .userTask("wait")
            .camundaTaskListenerExpression(
                "complete", "${task.setVariable('listened', bulla.open(bulla:seal('text')))}")
            .userTask("end")
            .endEvent());
    ProcessInstance instance = start("order", Map.of());
    engine.getTaskService().complete(task().getId());

    assertThat(engine.getRuntimeService().getVariable(instance.getId(), "listened"))
        .isEqualTo("text");
  }

  @Test
  void outside_of_an_instance_there_is_no_context_to_take() {
    var commands =
        ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
            .getCommandExecutorTxRequired();
    assertThatThrownBy(() -> commands.execute(context -> CurrentBulla.seal("text")))
        .hasMessage(NOWHERE + "seal(value, context)")
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT));
    assertThatThrownBy(() -> commands.execute(context -> CurrentBulla.open("{}")))
        .hasMessage(NOWHERE + "open(envelope, context)");
    assertThat(
            commands.<Object>execute(
                context -> CurrentBulla.open(CurrentBulla.seal("text", "{}"), "{}")))
        .isEqualTo("text");
    assertThatThrownBy(() -> CurrentBulla.seal("text"))
        .hasMessageContaining("no engine with the plugin is at work in this thread");
    Task alone = engine.getTaskService().newTask();
    engine.getTaskService().saveTask(alone);
    assertThatThrownBy(
            () ->
                commands.execute(
                    context ->
                        CurrentBulla.in(context.getTaskManager().findTaskById(alone.getId()))
                            .seal("text")))
        .hasMessage(NOWHERE + "seal(value, context)");
    engine.getTaskService().deleteTask(alone.getId(), true);
  }

  @Test
  void a_decision_has_the_place_of_the_instance_that_asks_for_it() {
    engine.getRepositoryService().createDeployment().addString("echo.dmn", DECISION).deploy();
    deploy(
        process("order")
            .businessRuleTask("decide")
            .camundaDecisionRef("echo")
            .camundaMapDecisionResult("singleEntry")
            .camundaResultVariable("opened")
            .userTask("wait")
            .endEvent());
    ProcessInstance instance = start("order", Map.of("note", "text"));

    assertThat(engine.getRuntimeService().getVariable(instance.getId(), "opened"))
        .isEqualTo("text");
    assertThatThrownBy(
            () ->
                engine
                    .getDecisionService()
                    .evaluateDecisionTableByKey("echo", Variables.putValue("note", "text")))
        .hasStackTraceContaining(NOWHERE + "seal(value, context)");
  }

  /** A delegate as users write them. */
  public static final class Delegate implements JavaDelegate {
    @Override
    public void execute(DelegateExecution execution) {
      String envelope = CurrentBulla.seal(Map.of("rate", 3.9, "tags", List.of("a")));
      execution.setVariable("opened", CurrentBulla.in(execution).open(envelope).toString());
      execution.setVariable("verified", CurrentBulla.get().verify(CurrentBulla.sign("text")));
    }
  }

  @Test
  void delegates_and_scripts_that_look_up_classes_have_it_as_well() {
    deploy(
        process("order")
            .serviceTask("delegate")
            .camundaClass(Delegate.class.getName())
            .scriptTask("lookup")
            .scriptFormat("javascript")
            .scriptText(
                "var Current = Java.type('dev.bulla.camunda.script.CurrentBulla');"
                    + " Current.get().open(bulla.seal('looked up'))")
            .camundaResultVariable("lookedUp")
            .userTask("wait")
            .endEvent());
    ProcessInstance instance = start("order", Map.of());

    assertThat(engine.getRuntimeService().getVariables(instance.getId()))
        .containsEntry("verified", "text")
        .containsEntry("lookedUp", "looked up")
        .hasEntrySatisfying(
            "opened", opened -> assertThat((String) opened).contains("rate=3.9", "tags=[a]"));
  }

  @Test
  void many_threads_seal_and_open_each_in_its_own_instance_and_the_audit_finds_nothing()
      throws Exception {
    deploy(
        process("order")
            .scriptTask("javascript")
            .scriptFormat("javascript")
            .scriptText("execution.setVariable('a', bulla.seal({secret: note}))")
            .scriptTask("groovy")
            .scriptFormat("groovy")
            .scriptText("execution.setVariable('b', bulla.seal(bulla.open(a).secret))")
            .serviceTask("juel")
            .camundaExpression("${bulla.verify(bulla.sign(bulla.open(b)))}")
            .camundaResultVariable("opened")
            .userTask("wait")
            .endEvent());
    List<String> opened =
        IntStream.range(0, 40)
            .parallel()
            .mapToObj(
                i -> {
                  ProcessInstance instance = start("order", Map.of("note", "plaintext " + i));
                  return (String)
                      engine.getRuntimeService().getVariable(instance.getId(), "opened");
                })
            .toList();
    assertThat(opened)
        .containsExactlyElementsOf(IntStream.range(0, 40).mapToObj(i -> "plaintext " + i).toList());

    assertThat(site.query("script")).noneMatch(line -> line.contains("plaintext 1"));
    site.node().checkpoint();
    AuditReport report = site.audit();
    assertThat(report.missing()).isEmpty();
    assertThat(report.findings()).isEmpty();
  }

  private static StartEventBuilder process(String key) {
    ProcessBuilder process = Bpmn.createExecutableProcess(key);
    return process.camundaHistoryTimeToLive(5).startEvent();
  }

  private void deploy(EndEventBuilder process) {
    deploy(process, null);
  }

  private void deploy(EndEventBuilder process, String tenant) {
    engine
        .getRepositoryService()
        .createDeployment()
        .tenantId(tenant)
        .addModelInstance("process.bpmn", process.done())
        .deploy();
  }

  private ProcessInstance start(String key, Map<String, Object> variables) {
    return engine.getRuntimeService().startProcessInstanceByKey(key, variables);
  }

  private String definition(String key) {
    return engine
        .getRepositoryService()
        .createProcessDefinitionQuery()
        .processDefinitionKey(key)
        .latestVersion()
        .singleResult()
        .getId();
  }

  private Task task() {
    return engine.getTaskService().createTaskQuery().singleResult();
  }

  private static final String DECISION =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
          namespace="http://camunda.org/schema/1.0/dmn"
          xmlns:camunda="http://camunda.org/schema/1.0/dmn">
        <decision id="echo" name="Echo" camunda:historyTimeToLive="5">
          <decisionTable id="table">
            <input id="i" label="note">
              <inputExpression id="e" typeRef="string" expressionLanguage="juel">
                <text>${bulla:seal(note)}</text>
              </inputExpression>
            </input>
            <output id="o" label="opened" name="opened" typeRef="string"/>
            <rule id="r">
              <inputEntry id="ie"><text></text></inputEntry>
              <outputEntry id="oe" expressionLanguage="juel">
                <text>${bulla.open(bulla.seal(note))}</text>
              </outputEntry>
            </rule>
          </decisionTable>
        </decision>
      </definitions>
      """;
}
