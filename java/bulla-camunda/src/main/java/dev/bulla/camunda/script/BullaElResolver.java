package dev.bulla.camunda.script;

import dev.bulla.engine.script.ScriptBulla;
import java.beans.FeatureDescriptor;
import java.util.Collections;
import java.util.Iterator;
import java.util.function.Function;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.camunda.bpm.impl.juel.jakarta.el.ELContext;
import org.camunda.bpm.impl.juel.jakarta.el.ELResolver;

/** Resolves {@code ${bulla}} if nothing else of that name was found. */
final class BullaElResolver extends ELResolver {

  private final Function<VariableScope, ScriptBulla> object;

  BullaElResolver(Function<VariableScope, ScriptBulla> object) {
    this.object = object;
  }

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    if (base != null || !ScriptObject.NAME.equals(property)) {
      return null;
    }
    context.setPropertyResolved(true);
    return object.apply((VariableScope) context.getContext(VariableScope.class));
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    // Not resolved here: nothing of this name can be set.
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return Collections.emptyIterator();
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return null;
  }
}
