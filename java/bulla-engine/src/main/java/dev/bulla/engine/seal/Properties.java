package dev.bulla.engine.seal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ibatis.mapping.ResultMap;
import org.apache.ibatis.mapping.ResultMapping;
import org.apache.ibatis.session.Configuration;

/**
 * Columns that an UPDATE does not bind, read from its parameter object: the engine's result maps
 * tell which property holds which column.
 */
final class Properties {

  private final Configuration configuration;
  private final Map<Class<?>, Map<String, String>> byClass = new ConcurrentHashMap<>();

  Properties(Configuration configuration) {
    this.configuration = configuration;
  }

  /** The value of a column's property; null if it has none. */
  String text(Object parameter, String column) {
    if (parameter == null) {
      return null;
    }
    String property = byClass.computeIfAbsent(parameter.getClass(), this::mapped).get(column);
    return property == null
        ? null
        : (String) configuration.newMetaObject(parameter).getValue(property);
  }

  private Map<String, String> mapped(Class<?> type) {
    Map<String, String> properties = new HashMap<>();
    // short names that are ambiguous are no ResultMap
    for (Object entry : new ArrayList<Object>(configuration.getResultMaps())) {
      boolean fits =
          entry instanceof ResultMap known
              && known.getType() != null
              && known.getType().isAssignableFrom(type);
      if (fits && entry instanceof ResultMap map) {
        for (ResultMapping mapping : map.getPropertyResultMappings()) {
          boolean readable =
              mapping.getColumn() != null
                  && mapping.getProperty() != null
                  && configuration
                      .getReflectorFactory()
                      .findForClass(type)
                      .hasGetter(mapping.getProperty());
          if (readable) {
            properties.putIfAbsent(mapping.getColumn(), mapping.getProperty());
          }
        }
      }
    }
    return properties;
  }
}
