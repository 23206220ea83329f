package dev.onbehalf.spring;

import io.micrometer.context.ThreadLocalAccessor;

/**
 * Carries whoever is bound to other threads, with Micrometer's context propagation; found by the
 * service loader.
 *
 * <p>The rights of the service principal are not carried: a value that was captured within {@link
 * OnBehalf#asServicePrincipal} is worth its person on any other thread, and once the block has
 * ended. On the block's own thread, while it lasts, it is worth what it was, so that the scopes
 * that libraries open and close there change nothing.
 *
 * <p>That nobody is bound is carried too. Otherwise work that was handed over with nobody bound,
 * and then ran on a thread where somebody is, would take their rights. Nor does what is carried
 * take part in a transaction that other work has open there, be it the same person's: that is set
 * aside meanwhile.
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
    ((Acting) value).takeUp();
  }

  @Override
  public void setValue() {
    Acting.NOBODY.takeUp();
  }

  /**
   * Whatever the work leaves behind, it does not keep its user bound. A scope that is closed where
   * other work runs by now gives that nobody else's rights.
   */
  @Override
  public void restore(Object former) {
    ((Acting) former).restore();
  }

  @Override
  public void restore() {
    Acting.NOBODY.restore();
  }
}
