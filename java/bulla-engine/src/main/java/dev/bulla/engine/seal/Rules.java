package dev.bulla.engine.seal;

import dev.bulla.Bulla;
import dev.bulla.Rule;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the policy says of variables, remembered. */
final class Rules {

  private static final int CACHED = 10_000;

  private final Bulla bulla;
  private final Map<String, Rule> known = new ConcurrentHashMap<>();

  Rules(Bulla bulla) {
    this.bulla = bulla;
  }

  Rule of(String variable) {
    Rule rule = known.get(variable);
    if (rule == null) {
      rule = bulla.rule(variable);
      if (known.size() >= CACHED) {
        known.clear();
      }
      known.put(variable, rule);
    }
    return rule;
  }
}
