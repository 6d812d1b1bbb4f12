package dev.bulla.engine.sql;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.ibatis.builder.xml.XMLConfigBuilder;
import org.apache.ibatis.io.Resources;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.mapping.SqlCommandType;
import org.apache.ibatis.scripting.xmltags.SqlNode;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.db.sql.DbSqlSessionFactory;
import org.h2.jdbcx.JdbcDataSource;

/**
 * Every statement that the engine maps, with the SQL texts that it can produce: the engine's own
 * MyBatis configuration is loaded for a database, and the dynamic parts are played through (every
 * condition alone and together, every choice, lists of one and of two).
 */
public final class MappedStatements {

  /** A statement as mapped for one database. */
  public record Mapped(String database, String id, MappedStatement statement) {

    /** What it is mapped as. */
    public SqlCommandType type() {
      return statement.getSqlCommandType();
    }

    /** The SQL texts that it can produce. */
    public Set<String> texts() {
      return MappedStatements.texts(statement);
    }
  }

  private static final String MAPPINGS = "org/camunda/bpm/engine/impl/mapping/mappings.xml";

  private MappedStatements() {}

  /** The databases that the engine knows. */
  public static List<String> databases() {
    return List.of(DbSqlSessionFactory.SUPPORTED_DATABASES);
  }

  /** All statements that the engine uses on one database. */
  public static List<Mapped> of(String database) {
    Configuration configuration = configuration(database);
    Set<String> foreign = new LinkedHashSet<>(specific().values());
    DbSqlSessionFactory names = new DbSqlSessionFactory(false);
    names.setDatabaseType(database);
    Map<String, MappedStatement> statements = new TreeMap<>();
    for (Object entry : new ArrayList<Object>(configuration.getMappedStatements())) {
      // short names that are ambiguous are no MappedStatement
      if (entry instanceof MappedStatement statement) {
        statements.put(shortName(statement.getId()), statement);
      }
    }
    List<Mapped> mapped = new ArrayList<>();
    statements.forEach(
        (id, statement) -> {
          String used = names.mapStatement(id);
          boolean isVariant = foreign.contains(id) && !used.equals(id);
          MappedStatement actual = statements.getOrDefault(used, statement);
          boolean onlyElsewhere = specificOf(id) && used.equals(id);
          if (!isVariant && !onlyElsewhere) {
            mapped.add(new Mapped(database, used, actual));
          }
        });
    return mapped;
  }

  /** Variants are named for their database: {@code deleteAttachmentByIds_mysql}. */
  private static boolean specificOf(String id) {
    return id.matches(".*_(mysql|mssql|postgres|oracle|db2|h2|postgres_or_db2)$");
  }

  /** Statement ids of all databases, keyed by database and plain id. */
  private static Map<String, String> specific() {
    Map<String, String> all = new HashMap<>();
    for (String database : databases()) {
      DbSqlSessionFactory factory = new DbSqlSessionFactory(false);
      factory.setDatabaseType(database);
      Map<?, ?> mappings = (Map<?, ?>) read(factory, "statementMappings");
      if (mappings != null) {
        mappings.forEach((id, used) -> all.put(database + " " + id, (String) used));
      }
    }
    return all;
  }

  /** The engine's MyBatis configuration for a database. */
  public static Configuration configuration(String database) {
    Properties properties = new Properties();
    properties.put("prefix", "");
    ProcessEngineConfigurationImpl.initSqlSessionFactoryProperties(properties, "", database);
    try (Reader reader = Resources.getResourceAsReader(MAPPINGS)) {
      XMLConfigBuilder parser = new XMLConfigBuilder(reader, "", properties);
      parser
          .getConfiguration()
          .setEnvironment(
              new Environment("test", new JdbcTransactionFactory(), new JdbcDataSource()));
      return parser.parse();
    } catch (IOException e) {
      throw new IllegalStateException("the engine's mappings cannot be read", e);
    }
  }

  static Set<String> texts(MappedStatement statement) {
    Object source = statement.getSqlSource();
    Set<String> texts = new LinkedHashSet<>();
    if (!source.getClass().getSimpleName().equals("DynamicSqlSource")) {
      texts.add(statement.getBoundSql(new HashMap<>()).getSql());
      return texts;
    }
    SqlNode root = (SqlNode) read(source, "rootSqlNode");
    Playing all = new Playing(condition -> true);
    texts.add(all.text(root));
    texts.add(new Playing(condition -> false).text(root));
    for (int number = 0; number < all.conditions(); number++) {
      int only = number;
      texts.add(new Playing(condition -> condition == only).text(root));
      texts.add(new Playing(condition -> condition != only).text(root));
    }
    texts.removeIf(MappedStatements::isCutShort);
    return texts;
  }

  /** Without any of its conditions a statement can end at WHERE or lack its SET: never sent. */
  private static boolean isCutShort(String sql) {
    String words = sql.toLowerCase(Locale.ROOT).trim();
    return words.endsWith("where")
        || (words.startsWith("update") && !words.matches("(?s).*\\bset\\b.*"));
  }

  static Object read(Object owner, String name) {
    for (Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
      try {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
      } catch (NoSuchFieldException inSuperclass) {
        // The loop goes on with the superclass.
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException(owner.getClass() + " has no field " + name);
  }

  private static String shortName(String id) {
    return id.substring(id.lastIndexOf('.') + 1);
  }
}
