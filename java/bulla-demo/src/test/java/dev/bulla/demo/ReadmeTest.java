package dev.bulla.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.Config;
import dev.bulla.Keys;
import dev.bulla.audit.AuditCommand;
import dev.bulla.camunda.BullaPlugin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.camunda.bpm.container.impl.metadata.BpmPlatformXmlParser;
import org.camunda.bpm.container.impl.metadata.spi.ProcessEnginePluginXml;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static final Path ROOT = Path.of("..", "..");

  private static Snippets readme;

  @BeforeAll
  static void read() throws IOException {
    readme = Snippets.of(ROOT.resolve("README.md"));
  }

  @Test
  void the_java_snippets_compile(@TempDir Path directory) throws IOException {
    for (String snippet : readme.in("java")) {
      Matcher type = Pattern.compile("^class (\\w+)", Pattern.MULTILINE).matcher(snippet);
      assertThat(type.find()).isTrue();
      Path source = directory.resolve(type.group(1) + ".java");
      Files.writeString(source, snippet);
      ByteArrayOutputStream messages = new ByteArrayOutputStream();
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

      int result =
          compiler.run(
              null,
              null,
              messages,
              "-Xlint:all",
              "-d",
              directory.toString(),
              "-cp",
              System.getProperty("java.class.path"),
              source.toString());

      assertThat(result).as(messages.toString(StandardCharsets.UTF_8)).isZero();
    }
  }

  @Test
  void the_configuration_is_one() {
    Config config = Config.parse(readme.in("toml", "installation"), Path.of("bulla.toml"));

    assertThat(config.log()).isEqualTo("loans/node-1");
    assertThat(config.anchors()).hasSize(1);
  }

  @Test
  void the_exchange_of_orders_runs(@TempDir Path directory) throws Exception {
    Path source = directory.resolve("Order.java");
    Files.writeString(source, readme.in("java", "class Order"));
    String path = System.getProperty("java.class.path");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(
            compiler.run(
                null, null, null, "-d", directory.toString(), "-cp", path, source.toString()))
        .isZero();
    Keys.generate(directory.resolve("keys"), "loans/node-1");
    ClassLoader here = getClass().getClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, here)) {
      Constructor<?> constructor = loader.loadClass("Order").getDeclaredConstructor();
      constructor.setAccessible(true);
      Object order = constructor.newInstance();
      Method exchanged = order.getClass().getDeclaredMethod("exchanged", Path.class, String.class);
      exchanged.setAccessible(true);
      assertThat(exchanged.invoke(order, directory.resolve("keys/master.jwk"), "2,500"))
          .isEqualTo("2,500");
      Method approved = order.getClass().getDeclaredMethod("approved", Path.class, byte[].class);
      approved.setAccessible(true);
      assertThat(approved.invoke(order, directory.resolve("keys/statement.jwk"), new byte[] {7}))
          .isEqualTo(new byte[] {7});
    }
  }

  @Test
  void the_sections_of_statements_and_portable_envelopes_are_known() {
    String text = readme.in("toml", "installation") + readme.in("toml", "[statement]");

    assertThat(Config.parse(text, Path.of("bulla.toml")).log()).isEqualTo("loans/node-1");
  }

  @Test
  void the_configuration_with_a_registry_is_one() {
    String registry = "registry = \"keys/registry.jsonl\"";
    assertThat(readme.document()).contains(registry);
    String text = readme.in("toml", "installation").replace("[keys]", "[keys]\n" + registry);

    assertThat(Config.parse(text, Path.of("bulla.toml")).registry()).isPresent();
  }

  @Test
  void the_spring_file_configures_an_engine_with_the_plugin() {
    ProcessEngineConfigurationImpl engine =
        (ProcessEngineConfigurationImpl)
            ProcessEngineConfiguration.createProcessEngineConfigurationFromInputStream(
                new ByteArrayInputStream(
                    readme.in("xml", "<beans").getBytes(StandardCharsets.UTF_8)));

    assertThat(engine.getProcessEnginePlugins())
        .singleElement()
        .isInstanceOfSatisfying(
            BullaPlugin.class,
            plugin -> assertThat(plugin.getConfiguration()).isEqualTo("bulla.toml"));
  }

  @Test
  void the_script_runs(@TempDir Path directory) throws IOException {
    Node node = Node.create(directory.resolve("node"));
    BullaPlugin plugin = new BullaPlugin();
    plugin.setConfiguration(node.configuration().toString());
    ProcessEngineConfigurationImpl configuration =
        (ProcessEngineConfigurationImpl)
            ProcessEngineConfiguration.createStandaloneInMemProcessEngineConfiguration()
                .setJdbcUrl("jdbc:h2:mem:readme")
                .setProcessEngineName("readme");
    configuration.setIdGenerator(new StrongUuidGenerator());
    configuration.getProcessEnginePlugins().add(plugin);
    ProcessEngine engine = configuration.buildProcessEngine();
    try {
      engine
          .getRepositoryService()
          .createDeployment()
          .addModelInstance(
              "readme.bpmn",
              Bpmn.createExecutableProcess("readme")
                  .camundaHistoryTimeToLive(5)
                  .startEvent()
                  .scriptTask("script")
                  .scriptFormat("javascript")
                  .scriptText(readme.in("javascript", "bulla.seal"))
                  .camundaResultVariable("verified")
                  .userTask("wait")
                  .endEvent()
                  .done())
          .deploy();
      String instance = engine.getRuntimeService().startProcessInstanceByKey("readme").getId();

      assertThat(engine.getRuntimeService().getVariable(instance, "verified")).isEqualTo(true);
    } finally {
      engine.close();
    }
  }

  @Test
  void the_platform_file_names_the_plugin(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("bpm-platform.xml");
    Files.writeString(file, readme.in("xml", "<bpm-platform"));

    List<ProcessEnginePluginXml> plugins =
        new BpmPlatformXmlParser()
            .createParse()
            .sourceUrl(file.toUri().toURL())
            .execute()
            .getBpmPlatformXml()
            .getProcessEngines()
            .get(0)
            .getPlugins();

    assertThat(plugins)
        .singleElement()
        .satisfies(
            plugin -> {
              assertThat(plugin.getPluginClass()).isEqualTo(BullaPlugin.class.getName());
              assertThat(plugin.getProperties()).containsOnlyKeys("configuration");
            });
  }

  @Test
  void camunda_run_is_told_the_plugin_and_a_property_that_it_has() throws NoSuchMethodException {
    String yaml = readme.in("yaml", "process-engine-plugins");

    assertThat(yaml).contains("plugin-class: " + BullaPlugin.class.getName());
    assertThat(yaml).contains("configuration: bulla.toml");
    assertThat(BullaPlugin.class.getMethod("setConfiguration", String.class)).isNotNull();
  }

  @Test
  void every_make_target_exists() throws IOException {
    String makefile = Files.readString(ROOT.resolve("Makefile"));

    List<String> targets =
        commands()
            .filter(line -> line.startsWith("make "))
            .map(line -> line.substring(5).replaceFirst("\\s.*", ""))
            .toList();

    assertThat(targets).contains("demo", "dist", "test", "lint", "bench");
    assertThat(targets).allSatisfy(target -> assertThat(makefile).contains("\n" + target + ":"));
  }

  @Test
  void the_audit_command_has_every_option(@TempDir Path directory) {
    for (String command : commands().filter(line -> line.contains("bulla-audit.jar")).toList()) {
      List<String> words = List.of(command.split(" "));
      List<String> arguments = words.subList(3, words.size());
      List<String> help = new ArrayList<>();
      if (!arguments.get(0).startsWith("-")) {
        help.add(arguments.get(0));
      }
      help.add("--help");

      String said = output(help);

      assertThat(
              arguments.stream().filter(word -> word.startsWith("--")).collect(Collectors.toSet()))
          .allSatisfy(option -> assertThat(said).contains(option));
    }
  }

  @Test
  void every_link_leads_somewhere() {
    List<String> links =
        Pattern.compile("\\]\\(([^)]+)\\)")
            .matcher(readme.document())
            .results()
            .map(link -> link.group(1))
            .toList();

    assertThat(links).isNotEmpty();
    assertThat(links).allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
  }

  private static Stream<String> commands() {
    return readme.in("sh").stream().flatMap(String::lines);
  }

  private static String output(List<String> arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      AuditCommand.run(arguments.toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }
}
