package dev.bulla.engine.node;

import dev.bulla.Bulla;
import dev.bulla.Keys;
import dev.bulla.Ledger;
import dev.bulla.PackedWriter;
import dev.bulla.SignedRecord;
import dev.bulla.engine.record.Coverage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;

/** A log that has begun, its tables in a database in memory, and a clock that is set by hand. */
final class LogOnH2 implements AutoCloseable {

  final JdbcDataSource source = new JdbcDataSource();
  final Database database;
  final RecordTable table;
  final Bulla bulla;
  final Ledger ledger;
  final HandSetClock clock = new HandSetClock();

  LogOnH2(Path directory) throws IOException {
    Keys.generate(directory.resolve("keys"), "loans/node-1");
    Path configuration = directory.resolve("bulla.toml");
    Files.writeString(
        configuration,
        """
        installation = "loans"
        node = "node-1"

        [keys]
        master = "keys/master.jwk"
        identity = "keys/identity.jwk"
        log = "keys/log.jwk"
        registry = "keys/registry.jsonl"
        """);
    bulla = Bulla.open(configuration);
    source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=50");
    database = new Database(source, "", "node-1");
    new Schema(database).prepare(SchemaSetting.DROP_CREATE, Coverage.withFurther(Set.of()));
    table = new RecordTable(database, "loans/node-1");
    ledger = Ledger.create(bulla, coverage());
    SignedRecord first = ledger.begin(clock.millis());
    table.store(first);
    ledger.committed(first.seq());
  }

  private static PackedWriter coverage() {
    PackedWriter coverage = new PackedWriter().i32(1).string("T").i32(1).string("ID_");
    return coverage.string(null).string(null).i32(0).i32(0).i32(0);
  }

  /** A record of one deleted row. */
  SignedRecord record() {
    PackedWriter rows = new PackedWriter().i32(1).string("T").u8('D').string("id");
    rows.string(null).string(null).bytes(null).string(null).value(null).string(null).i32(0);
    return ledger.record(clock.millis(), null, rows).get(0);
  }

  /** The account of a checkpoint that is made now. */
  String account() {
    return ledger.checkpoint(clock.millis()).orElseThrow().account().record();
  }

  /** Writes a record in a transaction that is not ended. */
  Connection insert(SignedRecord record) throws SQLException {
    Connection connection = source.getConnection();
    connection.setAutoCommit(false);
    table.insert(connection, List.of(record));
    return connection;
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    ledger.close();
    bulla.close();
    database.close();
    execute("shutdown");
  }

  /** Stands still until it is moved. */
  static final class HandSetClock extends Clock {
    private long millis = 1_700_000_000_000L;

    void pass(long more) {
      millis += more;
    }

    @Override
    public long millis() {
      return millis;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
