package dev.onbehalf.spring;

import io.micrometer.context.ThreadLocalAccessor;

/**
 * Carries whoever is bound to other threads, with Micrometer's context propagation; found by the
 * service loader.
 *
 * <p>That nobody is bound is carried too. Otherwise work that was handed over with nobody bound,
 * and then ran on a thread where somebody is, would take their rights.
 */
public final class ActingAccessor implements ThreadLocalAccessor<Object> {
  @Override
  public Object key() {
    return "dev.onbehalf.acting";
  }

  @Override
  public Object getValue() {
    return Acting.current();
  }

  @Override
  public void setValue(Object value) {
    ((Acting) value).bind();
  }

  @Override
  public void setValue() {
    Acting.NOBODY.bind();
  }
}
