package dev.bulla.camunda.script;

import dev.bulla.Bulla;
import dev.bulla.engine.script.ScriptBulla;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.el.ExpressionManager;
import org.camunda.bpm.engine.impl.el.JuelExpressionManager;
import org.camunda.bpm.engine.impl.scripting.engine.Resolver;
import org.camunda.bpm.engine.impl.scripting.engine.ResolverFactory;
import org.camunda.bpm.engine.impl.scripting.engine.ScriptBindingsFactory;
import org.camunda.bpm.impl.juel.jakarta.el.CompositeELResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the scripts and expressions of an engine the object {@code bulla}.
 *
 * <p>Whatever else is called so comes first, variables as well as beans: what ran before the plugin
 * was there runs on unchanged.
 */
public final class ScriptObject implements ResolverFactory {

  static final String NAME = "bulla";

  private static final Set<String> FUNCTIONS =
      Set.of("seal", "open", "sign", "signDetached", "verify");

  private static final Logger LOG = LoggerFactory.getLogger(ScriptObject.class);

  private final Bulla bulla;

  private ScriptObject(Bulla bulla) {
    this.bulla = bulla;
  }

  /** Gives it to an engine that is initialised and not yet built. */
  public static void install(ProcessEngineConfigurationImpl engine, Bulla bulla) {
    ScriptObject object = new ScriptObject(bulla);
    if (isTaken(engine)) {
      LOG.warn(
          "A bean is called {}, and scripts and expressions go on seeing that. For them to seal and"
              + " open with the object of this name, call the bean something else",
          NAME);
    }
    object.giveScripts(engine);
    object.giveExpressions(engine.getExpressionManager());
  }

  /** That of the engine which the thread is in, or null. */
  static ScriptObject current() {
    ProcessEngineConfigurationImpl engine = Context.getProcessEngineConfiguration();
    if (engine == null) {
      return null;
    }
    return engine.getResolverFactories().stream()
        .filter(ScriptObject.class::isInstance)
        .map(ScriptObject.class::cast)
        .findFirst()
        .orElse(null);
  }

  /** The object for a script with these variables; null for what has none. */
  ScriptBulla in(VariableScope scope) {
    return new ScriptBulla(bulla, EngineJson::read, () -> Places.of(scope));
  }

  @Override
  public Resolver createResolver(VariableScope scope) {
    return new Resolver() {
      @Override
      public boolean containsKey(Object key) {
        return NAME.equals(key);
      }

      @Override
      public Object get(Object key) {
        return NAME.equals(key) ? in(scope) : null;
      }

      @Override
      public Set<String> keySet() {
        return Set.of(NAME);
      }
    };
  }

  /** Beans are resolved alike for all scripts, and can be asked for without making them. */
  private static boolean isTaken(ProcessEngineConfigurationImpl engine) {
    Context.setProcessEngineConfiguration(engine);
    try {
      return engine.getResolverFactories().stream()
          .anyMatch(each -> each instanceof Resolver beans && beans.containsKey(NAME));
    } finally {
      Context.removeProcessEngineConfiguration();
    }
  }

  /** The last resolver that has a name decides. */
  private void giveScripts(ProcessEngineConfigurationImpl engine) {
    List<ResolverFactory> all = new ArrayList<>();
    all.add(this);
    all.addAll(engine.getResolverFactories());
    engine.setResolverFactories(all);
    ScriptBindingsFactory bindings = engine.getScriptingEngines().getScriptBindingsFactory();
    if (bindings != null) {
      bindings.setResolverFactories(all);
    }
  }

  /** The first resolver that has a name decides. */
  private void giveExpressions(ExpressionManager expressions) {
    for (Method function : CurrentBulla.class.getMethods()) {
      if (FUNCTIONS.contains(function.getName())) {
        expressions.addFunction(NAME + ":" + function.getName(), function);
      }
    }
    if (expressions instanceof JuelExpressionManager juel
        && juel.getElContext(null).getELResolver() instanceof CompositeELResolver all) {
      all.add(new BullaElResolver(this::in));
    }
  }
}
