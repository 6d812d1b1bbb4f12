package dev.bulla.engine.record;

import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.SqlReader;
import dev.bulla.engine.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ibatis.mapping.BoundSql;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.mapping.ParameterMapping;
import org.apache.ibatis.mapping.SqlCommandType;
import org.apache.ibatis.reflection.MetaObject;
import org.apache.ibatis.session.Configuration;

/**
 * Which process instance and variable a row belongs to, when a statement does not bind them: an
 * update by id says neither, but the object it is given usually knows. Which of its properties to
 * ask is learned from the inserts.
 */
final class RowFacts {

  private record Properties(String instance, String variable) {}

  private final Configuration configuration;
  private final Map<String, Properties> byTable = new ConcurrentHashMap<>();

  RowFacts(Configuration configuration, Coverage coverage) {
    this.configuration = configuration;
    for (Object mapped : configuration.getMappedStatements()) {
      if (mapped instanceof MappedStatement statement
          && statement.getSqlCommandType() == SqlCommandType.INSERT) {
        learn(statement, coverage);
      }
    }
  }

  String instance(CoveredTable table, Object parameter) {
    Properties properties = byTable.get(table.name());
    return properties == null ? null : ask(parameter, properties.instance);
  }

  String variable(CoveredTable table, Object parameter) {
    Properties properties = byTable.get(table.name());
    return properties == null ? null : ask(parameter, properties.variable);
  }

  private void learn(MappedStatement statement, Coverage coverage) {
    BoundSql sql;
    try {
      sql = statement.getBoundSql(null);
    } catch (RuntimeException needsItsParameter) {
      return;
    }
    if (SqlReader.plan(sql.getSql()) instanceof Statement.Insert insert) {
      CoveredTable table = coverage.table(insert.table().name());
      if (table != null) {
        byTable.putIfAbsent(
            table.name(),
            new Properties(
                property(sql, insert, table.instance()), property(sql, insert, table.variable())));
      }
    }
  }

  private static String property(BoundSql sql, Statement.Insert insert, String column) {
    if (column == null || !(insert.columns().get(column) instanceof Source.Parameter parameter)) {
      return null;
    }
    List<ParameterMapping> mappings = sql.getParameterMappings();
    return mappings.get(parameter.index() - 1).getProperty();
  }

  private String ask(Object parameter, String property) {
    if (property == null
        || parameter == null
        || parameter instanceof String
        || parameter instanceof Map
        || parameter instanceof Collection) {
      return null;
    }
    MetaObject meta = configuration.newMetaObject(parameter);
    return meta.hasGetter(property) && meta.getValue(property) instanceof String text ? text : null;
  }
}
