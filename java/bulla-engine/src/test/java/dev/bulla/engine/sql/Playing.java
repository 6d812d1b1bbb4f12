package dev.bulla.engine.sql;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ibatis.scripting.xmltags.SqlNode;

/** Plays a dynamic SQL tree through with given answers to its conditions. */
final class Playing {

  private static final Pattern EXPRESSION = Pattern.compile("\\$\\{([^}]*)}");
  private static final Pattern PARAMETER = Pattern.compile("#\\{[^}]*}");

  private final IntPredicate answers;
  private final Map<String, Integer> numbers = new HashMap<>();
  private boolean last = true;

  Playing(IntPredicate answers) {
    this.answers = answers;
  }

  String text(SqlNode root) {
    return PARAMETER.matcher(play(root)).replaceAll("?");
  }

  /** How many conditions were asked. */
  int conditions() {
    return numbers.size();
  }

  /** The same question gets the same answer wherever it is asked. */
  private boolean answer(String question) {
    return answers.test(numbers.computeIfAbsent(question, unused -> numbers.size()));
  }

  private String play(Object node) {
    return switch (node.getClass().getSimpleName()) {
      case "MixedSqlNode" -> playAll((List<?>) read(node, "contents"));
      case "StaticTextSqlNode" -> (String) read(node, "text");
      case "TextSqlNode" -> resolved((String) read(node, "text"));
      case "IfSqlNode" -> answer((String) read(node, "test")) ? play(read(node, "contents")) : "";
      case "ChooseSqlNode" -> choose(node);
      case "ForEachSqlNode" -> forEach(node);
      case "TrimSqlNode", "WhereSqlNode", "SetSqlNode" -> trim(node);
      case "VarDeclSqlNode" -> "";
      default -> throw new IllegalStateException("unknown part " + node.getClass());
    };
  }

  private String playAll(List<?> nodes) {
    StringBuilder text = new StringBuilder();
    nodes.forEach(node -> text.append(' ').append(play(node)));
    return text.toString();
  }

  private String choose(Object node) {
    for (Object alternative : (List<?>) read(node, "ifSqlNodes")) {
      if (holds((String) read(alternative, "test"))) {
        return play(read(alternative, "contents"));
      }
    }
    Object otherwise = read(node, "defaultSqlNode");
    return otherwise == null ? "" : play(otherwise);
  }

  /** Where a long list is cut into pieces, the answer depends on the place in the list. */
  private boolean holds(String test) {
    if (test.contains("%1000")) {
      return !last && answer(test);
    }
    return test.equals("index == sizeOfIds -1") ? last : answer(test);
  }

  private String forEach(Object node) {
    boolean two = answer("two of " + read(node, "collectionExpression"));
    boolean outer = last;
    String first = "";
    if (two) {
      last = false;
      first = play(read(node, "contents")) + " " + orEmpty(read(node, "separator")) + " ";
    }
    last = true;
    String text = first + play(read(node, "contents"));
    last = outer;
    return orEmpty(read(node, "open")) + text + orEmpty(read(node, "close"));
  }

  private String trim(Object node) {
    String content = play(read(node, "contents")).trim();
    if (content.isEmpty()) {
      return "";
    }
    content = without(content, (List<?>) read(node, "prefixesToOverride"), true);
    content = without(content, (List<?>) read(node, "suffixesToOverride"), false);
    return orEmpty(read(node, "prefix")) + " " + content + " " + orEmpty(read(node, "suffix"));
  }

  private static String without(String content, List<?> words, boolean atStart) {
    if (words == null) {
      return content;
    }
    String upper = content.toUpperCase(Locale.ENGLISH);
    for (Object word : words) {
      String text = ((String) word).toUpperCase(Locale.ENGLISH);
      if (atStart && upper.startsWith(text)) {
        return content.substring(text.trim().length());
      }
      if (!atStart && upper.endsWith(text.trim())) {
        return content.substring(0, content.length() - text.trim().length());
      }
    }
    return content;
  }

  /** What the engine would put in place of an expression: here, a name that fits. */
  private static String resolved(String text) {
    Matcher matcher = EXPRESSION.matcher(text);
    StringBuilder out = new StringBuilder();
    while (matcher.find()) {
      String expression = matcher.group(1);
      String value =
          switch (expression) {
            case "tableName" -> "ACT_HI_VARINST";
            case "varPrefix" -> "V.";
            case "varTypeField" -> "TYPE_";
            case "orderBy" -> "order by RES.ID_ asc";
            default -> expression.contains("EMPTY_STRING") ? "!emptyString!" : "";
          };
      boolean name = value.isEmpty() && expression.matches("[A-Za-z]*(Alias|[fF]ieldName|Column)");
      matcher.appendReplacement(out, Matcher.quoteReplacement(name ? "X_" : value));
    }
    matcher.appendTail(out);
    return out.toString();
  }

  private static Object read(Object owner, String name) {
    return MappedStatements.read(owner, name);
  }

  private static String orEmpty(Object text) {
    return text == null ? "" : (String) text;
  }
}
