package dev.bulla.engine.seal;

import dev.bulla.Bulla;
import dev.bulla.engine.record.Recorder;
import dev.bulla.engine.sql.SqlReader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.ibatis.session.Configuration;

/** What all statements of one engine share. */
final class Sealing {

  private static final int CACHED = 20_000;

  private final Bulla bulla;
  private final Recorder recorder;
  private final Overflow overflow;
  private final Properties properties;
  private final Rules rules;
  private final Tags tags;
  private final MappedHandler statements;
  private final ConcurrentMap<String, SqlPlan> plans = new ConcurrentHashMap<>();

  Sealing(Bulla bulla, Recorder recorder, Overflow overflow, Configuration configuration) {
    this.bulla = bulla;
    this.recorder = recorder;
    this.overflow = overflow;
    this.properties = new Properties(configuration);
    this.rules = new Rules(bulla);
    this.tags = new Tags(bulla);
    this.statements = new MappedHandler(configuration);
  }

  SqlPlan plan(String sql) {
    SqlPlan known = plans.get(sql);
    if (known != null) {
      return known;
    }
    SqlPlan plan = SqlPlan.of(SqlReader.plan(sql), sql);
    if (plans.size() >= CACHED) {
      plans.clear();
    }
    plans.put(sql, plan);
    return plan;
  }

  Bulla bulla() {
    return bulla;
  }

  /** Who is told of what was bound and opened, or null. */
  Recorder recorder() {
    return recorder;
  }

  Overflow overflow() {
    return overflow;
  }

  Properties properties() {
    return properties;
  }

  Rules rules() {
    return rules;
  }

  Tags tags() {
    return tags;
  }

  MappedHandler statements() {
    return statements;
  }
}
