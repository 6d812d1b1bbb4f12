package dev.bulla.engine.node;

import dev.bulla.Bulla;
import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Config;
import dev.bulla.Ledger;
import dev.bulla.MasterKey;
import dev.bulla.SignedRecord;
import dev.bulla.engine.record.Capture;
import dev.bulla.engine.record.Coverage;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process engine's part of an installation: its tables, keys, log and anchors.
 *
 * <p>{@link #prepare} makes the tables and opens the keys, {@link #start} begins an epoch of the
 * log, {@link #write} records what a command wrote, {@link #end} closes the epoch and {@link
 * #close} gives everything back.
 */
public final class Node implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final Config config;
  private final Clock clock = Clock.systemUTC();
  private final SchemaSetting setting;
  private final Coverage coverage;
  private final Database database;
  private final Schema schema;
  private final RecordTable records;
  private final Salts salts;
  private final List<DirectoryAnchor> anchors;
  private final JdbcKeyRegistry registry;
  private final Bulla bulla;

  private NodeLock lock;
  private volatile Ledger ledger;
  private volatile OpenRecords open;
  private volatile Checkpoints checkpoints;
  private boolean closed;

  private Node(
      Config config, DataSource source, String prefix, SchemaSetting setting, MasterKey master) {
    this.config = config;
    this.setting = setting;
    this.coverage = Coverage.withFurther(config.record());
    this.database = new Database(source, prefix, config.node());
    this.schema = new Schema(database);
    this.records = new RecordTable(database, config.log());
    this.salts = new Salts(database);
    this.anchors =
        config.anchors().stream().map(path -> new DirectoryAnchor(path, config.node())).toList();
    schema.prepare(setting, coverage);
    this.registry = new JdbcKeyRegistry(database, anchors);
    this.bulla = Bulla.open(config, registry, master);
  }

  /**
   * Prepares the node of an engine, before the engine's first use of its database.
   *
   * @param config the configuration
   * @param source the engine's data source
   * @param prefix what stands before the engine's table names, schema included
   * @param setting what the engine does about its tables
   * @param master what wraps the keys, or null for the one that the configuration names
   */
  public static Node prepare(
      Config config, DataSource source, String prefix, SchemaSetting setting, MasterKey master) {
    return new Node(config, source, prefix, setting, master);
  }

  /** What is recorded. */
  public Coverage coverage() {
    return coverage;
  }

  /** What seals and opens. */
  public Bulla bulla() {
    return bulla;
  }

  /** The engine's database, for tables that sealing needs of its own: their names in SQL. */
  public String table(String name) {
    return database.table(name);
  }

  /** Begins an epoch; when it has begun, or the node has ended, does nothing. */
  public synchronized void start() {
    if (ledger != null || closed) {
      return;
    }
    if (anchors.isEmpty()) {
      LOG.warn(
          "{} names no anchor: whoever administers the database can cut off or replace the whole"
              + " ledger of {} unnoticed; add one",
          config.file(),
          config.log());
    } else {
      lock = NodeLock.take(anchors.get(0).directory(), config.log());
    }
    try {
      begin(new NodeStart(records, anchors).resume(bulla, coverage));
    } catch (IOException e) {
      abandon();
      throw BullaException.io("the log " + config.log() + " could not be begun", e);
    } catch (RuntimeException e) {
      abandon();
      throw e;
    }
  }

  /** The epoch exists once its first record is anchored; only then may the engine write. */
  private void begin(Ledger resumed) throws IOException {
    registry.announceTo(resumed);
    open = new OpenRecords(resumed, records, clock);
    checkpoints =
        new Checkpoints(
            resumed, anchors, records, open, clock, config.checkpoint(), config.records());
    SignedRecord first = resumed.begin(clock.millis());
    records.store(first);
    resumed.committed(first.seq());
    checkpoints.checkpoint();
    checkpoints.start();
    ledger = resumed;
  }

  /**
   * Writes the record of what a command wrote, in the command's transaction.
   *
   * @param connection the command's
   * @param user who is authenticated with the engine, or null
   * @param capture what was written; empty afterwards
   * @return to be told what becomes of the transaction; null when nothing was recorded because the
   *     configuration does not require it
   * @throws SQLException when the record cannot be written: the transaction must fail
   * @throws BullaException {@link Kind#LEDGER_STATE} or {@link Kind#CLOSED} when the node has
   *     ended, whatever the configuration says
   */
  public Receipt write(Connection connection, String user, Capture capture) throws SQLException {
    if (config.required()) {
      return writeRequired(connection, user, capture);
    }
    Savepoint before = connection.setSavepoint();
    try {
      return writeRequired(connection, user, capture);
    } catch (SQLException | RuntimeException e) {
      if (isOver(e)) {
        throw e;
      }
      connection.rollback(before);
      capture.clear();
      LOG.error("A transaction of {} goes unrecorded; the audit will show a gap", config.log(), e);
      return null;
    }
  }

  /**
   * Whether the node has ended. What a thread writes that outlives its engine would be missing from
   * the log for good, and no audit could tell it from a row that somebody invented.
   */
  private static boolean isOver(Exception e) {
    return e instanceof BullaException error
        && (error.kind() == Kind.LEDGER_STATE || error.kind() == Kind.CLOSED);
  }

  private Receipt writeRequired(Connection connection, String user, Capture capture)
      throws SQLException {
    Ledger writing = ledger;
    if (writing == null) {
      throw new BullaException(
          Kind.LEDGER_STATE, "the log " + config.log() + " has not begun, or has ended");
    }
    Salts.Used used = salts.use(connection, capture);
    List<SignedRecord> signed = writing.record(clock.millis(), user, capture.pack(used.all()::get));
    List<Long> numbers = new ArrayList<>(signed.size());
    signed.forEach(record -> numbers.add(record.seq()));
    numbers.forEach(open::opened);
    try {
      records.insert(connection, signed);
    } catch (SQLException | RuntimeException e) {
      rolledBack(numbers);
      throw e;
    }
    numbers.forEach(open::written);
    capture.clear();
    return new Receipt(this, numbers, used);
  }

  /**
   * Makes a checkpoint now and brings it to the anchors, without waiting for the next one.
   *
   * @throws BullaException when an anchor or the database cannot be written
   */
  public void checkpoint() {
    Checkpoints running = checkpoints;
    if (ledger == null || running == null) {
      throw new BullaException(
          Kind.LEDGER_STATE, "the log " + config.log() + " has not begun, or has ended");
    }
    try {
      running.checkpoint();
    } catch (IOException e) {
      throw BullaException.io("a checkpoint of " + config.log() + " could not be anchored", e);
    }
  }

  /** Closes the epoch with a last, signed checkpoint; nothing can be recorded afterwards. */
  public synchronized void end() {
    if (ledger == null) {
      return;
    }
    checkpoints.stop();
    try {
      checkpoints.end();
    } catch (IOException | RuntimeException e) {
      LOG.error(
          "The last checkpoint of {} could not be published; the next start takes up what the"
              + " database holds",
          config.log(),
          e);
    }
    open.close();
    ledger.close();
    ledger = null;
  }

  /** Ends, drops the tables when the engine drops its own, and releases lock and keys. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    end();
    if (setting == SchemaSetting.CREATE_DROP) {
      schema.drop();
    }
    release();
  }

  /** Gives everything back without an end: the engine could not be built. */
  public synchronized void abandon() {
    if (!closed) {
      end();
      release();
    }
  }

  private void release() {
    closed = true;
    for (DirectoryAnchor anchor : anchors) {
      try {
        anchor.close();
      } catch (IOException e) {
        LOG.warn("An anchor of {} could not be closed", config.log(), e);
      }
    }
    bulla.close();
    database.close();
    if (lock != null) {
      lock.close();
    }
  }

  boolean holds(Connection connection, List<Long> numbers) throws SQLException {
    return records.holds(connection, numbers);
  }

  void committed(List<Long> numbers, Salts.Used used) {
    salts.committed(used);
    numbers.forEach(open::committed);
    checkpoints.recorded();
  }

  void rolledBack(List<Long> numbers) {
    numbers.forEach(open::rolledBack);
  }

  void inDoubt(List<Long> numbers) {
    numbers.forEach(open::inDoubt);
  }
}
