package dev.bulla.engine.record;

import dev.bulla.engine.sql.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables whose writes are recorded: the default ones, and those that policy adds. */
public final class Coverage {

  private static final String CATALOGUE = "catalogue.txt";

  private static final List<String> BY_DEFAULT =
      List.of(
          "ACT_HI_*",
          "ACT_GE_BYTEARRAY",
          "ACT_RE_*",
          "ACT_RU_VARIABLE",
          "ACT_RU_AUTHORIZATION",
          "ACT_ID_*",
          "BULLA_OVERFLOW");

  private static final Pattern WORD = Pattern.compile("\\w+");

  private final Map<String, CoveredTable> tables;

  private Coverage(Map<String, CoveredTable> tables) {
    this.tables = tables;
  }

  /**
   * The default tables and those that match one of the patterns ({@code *} and {@code ?}).
   *
   * @throws IllegalArgumentException when a pattern matches no table of the catalogue
   */
  public static Coverage withFurther(Collection<String> patterns) {
    Map<String, CoveredTable> catalogue = catalogue();
    Map<String, CoveredTable> chosen = new TreeMap<>();
    for (String pattern : BY_DEFAULT) {
      choose(catalogue, pattern, chosen);
    }
    for (String pattern : patterns) {
      if (!choose(catalogue, pattern, chosen)) {
        throw new IllegalArgumentException(
            "policy.record: '"
                + pattern
                + "' matches no table that can be recorded; name tables like ACT_RU_TASK");
      }
    }
    return new Coverage(chosen);
  }

  /** Every table that can be covered. */
  static Map<String, CoveredTable> catalogue() {
    try (var stream = Coverage.class.getResourceAsStream(CATALOGUE);
        var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return parse(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The covered table of this name in any case, without prefix, or null. */
  public CoveredTable table(String name) {
    return tables.get(name);
  }

  /** All covered tables in the order of their names. */
  public Collection<CoveredTable> tables() {
    return tables.values();
  }

  /** The covered tables that a text names, joined by commas; for texts that cannot be read. */
  String namedIn(String sql) {
    Matcher matcher = WORD.matcher(sql);
    Set<String> found = new TreeSet<>();
    while (matcher.find()) {
      found.add(Table.withoutPrefix(matcher.group()));
    }
    found.retainAll(tables.keySet());
    return String.join(",", found);
  }

  private static boolean choose(
      Map<String, CoveredTable> catalogue, String pattern, Map<String, CoveredTable> chosen) {
    Pattern regex = glob(pattern);
    boolean found = false;
    for (CoveredTable table : catalogue.values()) {
      if (regex.matcher(table.name()).matches()) {
        chosen.put(table.name(), table);
        found = true;
      }
    }
    return found;
  }

  private static Pattern glob(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int at = 0; at < pattern.length(); at++) {
      char c = pattern.charAt(at);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE);
  }

  private static Map<String, CoveredTable> parse(BufferedReader reader) throws IOException {
    Map<String, CoveredTable> result = new LinkedHashMap<>();
    Entry entry = null;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.charAt(0) != ' ') {
        put(entry, result);
        entry = new Entry(line.trim());
      } else {
        entry.take(line);
      }
    }
    put(entry, result);
    return result;
  }

  private static void put(Entry entry, Map<String, CoveredTable> result) {
    if (entry != null) {
      result.put(entry.table, entry.finish());
    }
  }

  /** One table while its lines are read; a line without a word in the margin continues. */
  private static final class Entry {
    private static final int MARGIN = 13;
    private final String table;
    private final Map<String, Set<String>> words = new LinkedHashMap<>();
    private String current;

    Entry(String table) {
      this.table = table;
    }

    void take(String line) {
      String margin = line.substring(0, Math.min(MARGIN, line.length())).trim();
      if (!margin.isEmpty()) {
        current = margin;
      }
      Set<String> set = words.computeIfAbsent(current, key -> new LinkedHashSet<>());
      for (String word : line.substring(MARGIN).trim().split(" +", -1)) {
        set.add(word);
      }
    }

    CoveredTable finish() {
      Map<String, Long> defaults = new TreeMap<>();
      for (String word : words.getOrDefault("default", Set.of())) {
        int equals = word.indexOf('=');
        defaults.put(word.substring(0, equals), Long.valueOf(word.substring(equals + 1)));
      }
      return new CoveredTable(
          table,
          new ArrayList<>(words.get("id")),
          only("instance"),
          only("name"),
          new TreeSet<>(words.getOrDefault("fixed", Set.of())),
          new TreeSet<>(words.getOrDefault("updatable", Set.of())),
          new TreeSet<>(words.getOrDefault("sealed", Set.of())),
          defaults);
    }

    private String only(String word) {
      return words.getOrDefault(word, Set.of()).stream().findFirst().orElse(null);
    }
  }
}
