package dev.bulla.demo;

import dev.bulla.AuditReport;
import dev.bulla.AuditReport.Outcome;
import dev.bulla.BullaException;
import dev.bulla.Finding;
import dev.bulla.demo.Attack.Statements;
import dev.bulla.demo.Attacks.Instances;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A loan application on a sealed Camunda, and what becomes of those who change its database.
 *
 * <p>Its one argument is a directory, which is emptied first. Ends with 0 if every change was
 * located and nothing else was reported.
 */
public final class Demo {
  private static final List<Applicant> APPLICANTS =
      List.of(Applicant.ADA, Applicant.BEN, Applicant.CLEO, Applicant.DAN);

  /** How many findings of one change are told; of more, the first of each kind. */
  private static final int SHOWN = 4;

  private final Path work;
  private final Story story = new Story(System.out);
  private int located;
  private int falseAlarms;

  Demo(Path work) {
    this.work = work;
  }

  /** Runs the demo. */
  public static void main(String[] arguments) throws IOException, SQLException {
    Path work = Path.of(arguments.length > 0 ? arguments[0] : "build/demo").toAbsolutePath();
    empty(work);
    System.setProperty("org.slf4j.simpleLogger.logFile", work.resolve("engine.log").toString());
    System.setProperty("polyglot.engine.WarnInterpreterOnly", "false");
    System.exit(new Demo(work).run() ? 0 : 1);
  }

  private boolean run() throws IOException, SQLException {
    story.chapter("Keys for a node, and the public half for its auditor");
    Node node = Node.create(work.resolve("node"));
    story.line("%s", node.directory());

    Database database = new Database(Files.createDirectories(work.resolve("database")));
    Database backup = new Database(work.resolve("backup"));
    Instances instances = live(node, database, backup);
    Auditor auditor = node.disclose(database, work.resolve("auditor"));

    search(database);
    story.chapter("An audit of the untouched database");
    clean(auditor, database);

    List<Attack> attacks = attacks(database, backup, instances);
    story.chapter("%d changes, each to a copy of the database file".formatted(attacks.size()));
    for (int i = 0; i < attacks.size(); i++) {
      suffer(i + 1, attacks.get(i), database, backup, auditor);
    }
    boolean refused = restartOnEditedModel(attacks, node, database, backup);

    Path html = everything(attacks, database, backup, auditor);
    story.chapter("The report of an audit after many changes at once, for a browser");
    story.line("%s", html);
    System.out.printf(
        "%ndemo: %d of %d changes located, %d false alarms%n",
        located, attacks.size(), falseAlarms);
    return located == attacks.size() && falseAlarms == 0 && refused;
  }

  /** Two working days; the engine is stopped between them, and the file copied as a backup. */
  Instances live(Node node, Database database, Database backup) throws IOException, SQLException {
    Instances instances;
    story.chapter("Camunda 7.24.0 on an H2 file, with the plugin: four people apply for a loan");
    try (LoanApplication loans = node.start(database)) {
      loans.deploy();
      instances =
          new Instances(
              loans.apply(Applicant.ADA),
              loans.apply(Applicant.BEN),
              loans.apply(Applicant.CLEO),
              loans.apply(Applicant.DAN));
      story.line("a form, a decision table, a script in JavaScript; then a clerk has a task");
      story.line("the engine sees %s", loans.variables(instances.ada()).get("applicant"));
    }
    story.line("stopped; someone keeps a copy of the file");
    database.copyTo(backup.directory());

    story.chapter("The next day: started again, the applications go on");
    try (LoanApplication loans = node.start(database)) {
      loans.assess(instances.ada(), 2_000_000L);
      loans.assess(instances.ben(), 900_000L);
      loans.assess(instances.cleo(), 1_000_000L);
      story.line("tasks completed with JSON, contracts drawn up by a delegate");
      loans.answerFromCreditRegister();
      story.line("external tasks answered");
      APPLICANTS.subList(0, 3).forEach(applicant -> loans.pay(applicant.order()));
      story.line("payments correlated by the sealed, searchable variable orderId");
      loans.release(instances.ada());
      loans.release(instances.ben());
      loans.withdraw(instances.dan());
      story.line(
          "two loans released, one waits, one application withdrawn and its history removed");
    }
    return instances;
  }

  private void search(Database database) throws SQLException, IOException {
    PlaintextSearch search = new PlaintextSearch(APPLICANTS);
    story.chapter("The engine is stopped. Now as the DBA: looking for what the applicants said");
    List<String> found;
    try (Connection connection = database.connect()) {
      found = search.inTables(connection);
    }
    found.addAll(search.inFile(database.file()));
    found.forEach(where -> story.line("readable: %s", where));
    story.line(
        "%d values and forms of them searched for in every table and in the file: %s",
        search.size(), found.isEmpty() ? "none found" : found.size() + " found");
    falseAlarms += found.size();
  }

  private void clean(Auditor auditor, Database database) throws SQLException, IOException {
    AuditReport report = auditor.audit(database);
    story.line(
        "%s: %s", report.outcome().name().toLowerCase(java.util.Locale.ROOT), report.counts());
    report.missing().forEach(missing -> story.line("missing: %s", missing));
    report.findings().forEach(story::finding);
    if (report.outcome() != Outcome.CLEAN) {
      falseAlarms += Math.max(1, report.findings().size());
    }
  }

  static List<Attack> attacks(Database database, Database backup, Instances instances)
      throws SQLException {
    try (Connection now = database.connect();
        Connection before = backup.connect()) {
      return new Attacks(now, before, instances).all();
    }
  }

  private void suffer(
      int number, Attack attack, Database database, Database backup, Auditor auditor)
      throws SQLException, IOException {
    story.chapter("%d. %s".formatted(number, attack.name()));
    if (attack instanceof Statements statements) {
      statements.statements().forEach(sql -> story.line("%s", sql));
    }
    Database copy = database.copyTo(work.resolve("changed/%02d".formatted(number)));
    copy.suffer(attack, backup);
    Verdict verdict = Verdict.on(attack, auditor.audit(copy).findings());
    List<Finding> shown =
        verdict.made().size() <= SHOWN ? verdict.made() : verdict.firstOfEachKind();
    shown.forEach(story::finding);
    if (verdict.made().size() > shown.size()) {
      story.line(
          "found  %d more of the same kinds, each in its place",
          verdict.made().size() - shown.size());
    }
    verdict.missed().forEach(expected -> story.line("NOT FOUND  %s", expected));
    for (Finding alarm : verdict.falseAlarms()) {
      story.line("FALSE ALARM:");
      story.finding(alarm);
    }
    located += verdict.located() ? 1 : 0;
    falseAlarms += verdict.falseAlarms().size();
  }

  /**
   * The engine on the edited model, with anchors of its own so that the others stay as they are.
   */
  private boolean restartOnEditedModel(
      List<Attack> attacks, Node node, Database database, Database backup)
      throws IOException, SQLException {
    story.chapter("The engine is started again on the edited model");
    Attack edited =
        attacks.stream()
            .filter(attack -> attack.name().equals(Attacks.EDITED_MODEL))
            .findFirst()
            .orElseThrow();
    Database copy = database.copyTo(work.resolve("restarted/database"));
    copy.suffer(edited, backup);
    Node itsNode = node.copyTo(work.resolve("restarted/node"));
    try (LoanApplication loans = itsNode.start(copy)) {
      loans.apply(Applicant.ADA);
      story.line("IT RUNS the edited model");
      return false;
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BullaException refusal) {
          story.line("refused: %s: %s", refusal.kind(), refusal.getMessage());
          return true;
        }
      }
      throw e;
    }
  }

  /** All statements that leave the ledger alone, one after the other, and the audit's report. */
  private Path everything(List<Attack> attacks, Database database, Database backup, Auditor auditor)
      throws IOException, SQLException {
    Database copy = database.copyTo(work.resolve("changed/all"));
    for (Attack attack : attacks) {
      if (attack instanceof Statements statements && statements.onlyRows()) {
        copy.suffer(attack, backup);
      }
    }
    Path html = work.resolve("report.html");
    auditor.report(copy, html);
    return html;
  }

  private static void empty(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Files.createDirectories(directory);
  }
}
