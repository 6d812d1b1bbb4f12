package dev.bulla.engine.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.task.Attachment;
import org.camunda.bpm.engine.task.Event;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.value.FileValue;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.spin.json.SpinJsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingTest {

  private static final String ALL = "seal = [\"*\"]\nsearch = [\"*\"]";
  private static final long NUMBER = 8_675_309_111_213L;
  private static final double REAL = 271_828.182845;

  @TempDir Path directory;

  private static VariableMap everyType() {
    return Variables.createVariables()
        .putValue("string", "canary-string")
        .putValue("long", NUMBER)
        .putValue("double", REAL)
        .putValue("boolean", true)
        .putValue("integer", 77_345_112)
        .putValue("date", new Date(1_234_567_890_123L))
        .putValue("bytes", "canary-bytes".getBytes(UTF_8))
        .putValue(
            "object",
            Variables.objectValue(new ArrayList<>(List.of("canary-object")))
                .serializationDataFormat("application/json")
                .create())
        .putValue(
            "file",
            Variables.fileValue("canary-file.txt")
                .file("canary-content".getBytes(UTF_8))
                .mimeType("text/canary")
                .create())
        .putValue("json", org.camunda.spin.Spin.JSON("{\"canary\":\"canary-json\"}"))
        .putValue("long text", "canary-long".repeat(300))
        .putValue("empty", "")
        .putValue("null", null);
  }

  private static void deploy(ProcessEngine engine) {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "canary.bpmn",
            Bpmn.createExecutableProcess("canary").startEvent().userTask("task").endEvent().done())
        .deploy();
  }

  private static void assertEveryType(Map<String, Object> values) {
    assertThat(values)
        .containsEntry("string", "canary-string")
        .containsEntry("long", NUMBER)
        .containsEntry("double", REAL)
        .containsEntry("boolean", true)
        .containsEntry("integer", 77_345_112)
        .containsEntry("date", new Date(1_234_567_890_123L))
        .containsEntry("object", List.of("canary-object"))
        .containsEntry("long text", "canary-long".repeat(300))
        .containsEntry("empty", "")
        .containsEntry("null", null);
    assertThat((byte[]) values.get("bytes")).isEqualTo("canary-bytes".getBytes(UTF_8));
    assertThat(((SpinJsonNode) values.get("json")).prop("canary").stringValue())
        .isEqualTo("canary-json");
  }

  @Test
  @SuppressWarnings("deprecation") // task events are, and cockpits still show them
  void events_of_a_task_are_read_from_comments_and_from_the_operation_log() {
    try (SealedEngine sealed = SealedEngine.inMemory(directory, ALL)) {
      ProcessEngine engine = sealed.engine();
      OneTask.deploy(engine);
      OneTask.start(engine, "name", "value");
      String task = engine.getTaskService().createTaskQuery().singleResult().getId();
      engine.getIdentityService().setAuthenticatedUserId("mary");
      engine.getTaskService().addCandidateUser(task, "john");
      engine.getTaskService().createComment(task, null, "canary-comment");

      assertThat(engine.getTaskService().getTaskEvents(task))
          .extracting(Event::getMessage)
          .containsExactlyInAnyOrder("john_|_candidate", "canary-comment");
    }
  }

  @Test
  void bytes_may_be_empty() throws IOException {
    try (SealedEngine sealed = SealedEngine.inMemory(directory, ALL)) {
      ProcessEngine engine = sealed.engine();
      OneTask.deploy(engine);
      String instance = OneTask.start(engine, "bytes", new byte[0]);
      Attachment attachment =
          engine
              .getTaskService()
              .createAttachment(
                  "text/plain", null, instance, "none", "", new ByteArrayInputStream(new byte[0]));

      assertThat((byte[]) engine.getRuntimeService().getVariable(instance, "bytes")).isEmpty();
      assertThat(engine.getTaskService().getAttachmentContent(attachment.getId())).isEmpty();
    }
  }

  @Test
  void the_engine_reads_back_every_type_that_it_wrote() {
    try (SealedEngine sealed = SealedEngine.inMemory(directory, ALL)) {
      ProcessEngine engine = sealed.engine();
      deploy(engine);
      String instance =
          engine.getRuntimeService().startProcessInstanceByKey("canary", everyType()).getId();
      assertEveryType(engine.getRuntimeService().getVariables(instance));
      FileValue file = engine.getRuntimeService().getVariableTyped(instance, "file");
      assertThat(file.getFilename()).isEqualTo("canary-file.txt");
      assertThat(file.getMimeType()).isEqualTo("text/canary");
      assertThat(file.getValue()).hasBinaryContent("canary-content".getBytes(UTF_8));
      engine
          .getTaskService()
          .complete(engine.getTaskService().createTaskQuery().singleResult().getId());
      Map<String, Object> history =
          engine.getHistoryService().createHistoricVariableInstanceQuery().list().stream()
              .collect(
                  java.util.HashMap::new,
                  (map, value) -> map.put(value.getName(), value.getValue()),
                  Map::putAll);
      assertEveryType(history);
      assertThat(engine.getHistoryService().createHistoricDetailQuery().list()).hasSize(13);
    }
  }

  @Test
  void no_plaintext_is_in_any_table_or_in_the_file() throws IOException {
    try (SealedEngine sealed = SealedEngine.inFile(directory, ALL)) {
      ProcessEngine engine = sealed.engine();
      deploy(engine);
      String instance =
          engine.getRuntimeService().startProcessInstanceByKey("canary", everyType()).getId();
      engine.getRuntimeService().setVariable(instance, "string", "canary-string-2");
      String dump = sealed.dump();
      sealed.stop();
      String file =
          Files.readString(
              directory.resolve("db.mv.db"), java.nio.charset.StandardCharsets.ISO_8859_1);
      for (String canary :
          List.of(
              "canary-string",
              "canary-bytes",
              "canary-object",
              "canary-file",
              "text/canary",
              "canary-content",
              "canary-json",
              "canary-long",
              Long.toString(NUMBER),
              Double.toString(REAL),
              "77345112",
              "1234567890123")) {
        assertThat(dump.contains(canary)).as(canary + " in a table").isFalse();
        assertThat(file.contains(canary)).as(canary + " in the file").isFalse();
      }
    }
  }

  @Test
  void a_type_is_stored_under_a_name_that_no_engine_knows() {
    try (SealedEngine sealed = SealedEngine.inMemory(directory, ALL)) {
      deploy(sealed.engine());
      sealed.engine().getRuntimeService().startProcessInstanceByKey("canary", everyType());
      assertThat(sealed.select("select distinct TYPE_ from ACT_RU_VARIABLE"))
          .allSatisfy(row -> assertThat(row.get(0)).startsWith("sealed:"));
      assertThat(sealed.select("select distinct VAR_TYPE_ from ACT_HI_VARINST"))
          .allSatisfy(row -> assertThat(row.get(0)).startsWith("sealed:"));
    }
  }
}
