package dev.bulla.engine.record;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.ibatis.builder.xml.XMLConfigBuilder;
import org.apache.ibatis.io.Resources;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.scripting.xmltags.ChooseSqlNode;
import org.apache.ibatis.scripting.xmltags.ForEachSqlNode;
import org.apache.ibatis.scripting.xmltags.IfSqlNode;
import org.apache.ibatis.scripting.xmltags.MixedSqlNode;
import org.apache.ibatis.scripting.xmltags.SetSqlNode;
import org.apache.ibatis.scripting.xmltags.SqlNode;
import org.apache.ibatis.scripting.xmltags.StaticTextSqlNode;
import org.apache.ibatis.scripting.xmltags.TextSqlNode;
import org.apache.ibatis.scripting.xmltags.TrimSqlNode;
import org.apache.ibatis.scripting.xmltags.VarDeclSqlNode;
import org.apache.ibatis.scripting.xmltags.WhereSqlNode;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.transaction.managed.ManagedTransactionFactory;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.db.sql.DbSqlSessionFactory;

/**
 * The SQL texts that the engine's mapped statements can become, without running them: with every
 * condition true, with every condition false, and with each alone true or alone false.
 */
final class MappedTexts {

  static final List<String> DIALECTS = List.of("h2", "postgres", "mysql", "oracle", "mssql", "db2");

  private MappedTexts() {}

  /** All writing statements of a dialect. */
  static Collection<MappedStatement> writes(String dialect) throws IOException {
    Properties properties = new Properties();
    properties.put("prefix", "");
    ProcessEngineConfigurationImpl.initSqlSessionFactoryProperties(properties, "", dialect);
    try (Reader reader =
        Resources.getResourceAsReader("org/camunda/bpm/engine/impl/mapping/mappings.xml")) {
      XMLConfigBuilder builder = new XMLConfigBuilder(reader, "", properties);
      Configuration configuration = builder.getConfiguration();
      configuration.setEnvironment(
          new Environment("test", new ManagedTransactionFactory(), new NoDataSource()));
      builder.parse();
      Set<String> foreign = statementsOfOthers(dialect);
      Map<String, MappedStatement> writes = new LinkedHashMap<>();
      for (Object mapped : configuration.getMappedStatements()) {
        if (mapped instanceof MappedStatement statement) {
          switch (statement.getSqlCommandType()) {
            case INSERT, UPDATE, DELETE -> {
              String name = statement.getId().substring(statement.getId().lastIndexOf('.') + 1);
              if (!foreign.contains(name)) {
                writes.put(statement.getId(), statement);
              }
            }
            default -> {
              // Reads are sealing's.
            }
          }
        }
      }
      return writes.values();
    }
  }

  /** Names that the engine uses with other dialects only, or replaces with this one. */
  @SuppressWarnings("unchecked")
  private static Set<String> statementsOfOthers(String dialect) {
    Map<String, Map<String, String>> all =
        (Map<String, Map<String, String>>)
            field(DbSqlSessionFactory.class, null, "databaseSpecificStatements");
    Map<String, String> own = all.getOrDefault(dialect, Map.of());
    Set<String> foreign = new LinkedHashSet<>(own.keySet());
    all.values().forEach(statements -> foreign.addAll(statements.values()));
    foreign.removeAll(own.values());
    return foreign;
  }

  /** The texts that a statement can become, with ? for parameters. */
  static Set<String> of(MappedStatement statement) {
    Object source = statement.getSqlSource();
    Set<String> texts = new LinkedHashSet<>();
    if (!hasField(source, "rootSqlNode")) {
      texts.add(tidy(statement.getBoundSql(null).getSql()));
      return texts;
    }
    SqlNode root = (SqlNode) field(source, "rootSqlNode");
    Answers probe = new Answers(true, null);
    texts.add(tidy(text(root, probe)));
    texts.add(tidy(text(root, new Answers(false, null))));
    for (String odd : probe.asked) {
      texts.add(tidy(text(root, new Answers(true, odd))));
      texts.add(tidy(text(root, new Answers(false, odd))));
    }
    return texts;
  }

  /** Answers the same condition in the same way wherever it stands in a statement. */
  private static final class Answers {
    private final boolean usual;
    private final String odd;
    private final Set<String> asked = new LinkedHashSet<>();

    Answers(boolean usual, String odd) {
      this.usual = usual;
      this.odd = odd;
    }

    boolean to(Object ifNode) {
      String test = (String) field(ifNode, "test");
      boolean negated = test.contains("== null") && !test.contains(" and ");
      String condition = negated ? test.replace("== null", "!= null") : test;
      asked.add(condition);
      return (condition.equals(odd) ? !usual : usual) != negated;
    }
  }

  private static String text(SqlNode node, Answers answers) {
    if (node instanceof StaticTextSqlNode || node instanceof TextSqlNode) {
      return " " + field(node, "text");
    } else if (node instanceof MixedSqlNode) {
      StringBuilder all = new StringBuilder();
      for (Object part : (List<?>) field(node, "contents")) {
        all.append(text((SqlNode) part, answers));
      }
      return all.toString();
    } else if (node instanceof IfSqlNode) {
      return answers.to(node) ? text((SqlNode) field(node, "contents"), answers) : "";
    } else if (node instanceof ChooseSqlNode) {
      for (Object part : (List<?>) field(node, "ifSqlNodes")) {
        if (answers.to(part)) {
          return text((SqlNode) field(part, "contents"), answers);
        }
      }
      SqlNode otherwise = (SqlNode) field(node, "defaultSqlNode");
      return otherwise == null ? "" : text(otherwise, answers);
    } else if (node instanceof ForEachSqlNode) {
      String inner = text((SqlNode) field(node, "contents"), answers);
      return " "
          + word(node, "open")
          + inner
          + word(node, "separator")
          + inner
          + word(node, "close");
    } else if (node instanceof WhereSqlNode) {
      String inner = text((SqlNode) field(node, "contents"), answers).trim();
      return inner.isEmpty() ? "" : " where " + inner.replaceFirst("(?i)^(and|or)\\s", "");
    } else if (node instanceof SetSqlNode) {
      String inner = text((SqlNode) field(node, "contents"), answers).trim();
      return inner.isEmpty() ? "" : " set " + inner.replaceFirst(",$", "");
    } else if (node instanceof TrimSqlNode) {
      throw new IllegalStateException("no mapped statement used trim so far");
    } else if (node instanceof VarDeclSqlNode) {
      return "";
    }
    throw new IllegalStateException(node.getClass() + " is a form that is not expanded yet");
  }

  private static String tidy(String text) {
    return text.replaceAll("#\\{[^}]*}", "?")
        .replace("${tableName}", "ACT_HI_PROCINST")
        .replace("${fieldName}", "ID_")
        .replaceAll("\\s+", " ")
        .replace(", )", ")")
        .replace("( )", "(?)")
        .trim();
  }

  private static String word(Object node, String name) {
    Object word = field(node, name);
    return word == null ? " " : " " + word + " ";
  }

  private static boolean hasField(Object object, String name) {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Object field(Object object, String name) {
    return field(object.getClass(), object, name);
  }

  private static Object field(Class<?> of, Object object, String name) {
    for (Class<?> type = of; type != null; type = type.getSuperclass()) {
      try {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
      } catch (NoSuchFieldException inSuperclass) {
        // The loop goes on with the superclass.
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException(of + " has no field " + name);
  }
}
