package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.servlet.DevelopmentFilter;
import dev.onbehalf.servlet.OnBehalfFilter;
import dev.onbehalf.servlet.TokenConcealmentFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.web.filter.CompositeFilter;
import org.springframework.web.filter.DelegatingFilterProxy;

/**
 * Where our filters stand among all others:
 *
 * <pre>
 *   TokenConcealmentFilter      before everything
 *   DevelopmentFilter           plays the proxy, on a developer's machine only
 *   ... what measures, Spring Session (HIGHEST_PRECEDENCE + 50)
 *   OnBehalfFilter              whose sessions are then the real ones; answers what fails further in
 *   ... Spring Security (-100), the application's own
 * </pre>
 *
 * <p>Right behind Spring Session stands a filter more, wherever that was moved: it guards sessions
 * that are made behind the door, and does nothing in front of it.
 */
final class IdentityFilters {
  private static final int IDENTITY = Ordered.HIGHEST_PRECEDENCE + 100;
  private static final String SECURITY_ORDER = "spring.security.filter.order";

  /** Of a proxy, the name of its filter's bean, which the proxy's own name need not be. */
  static final String TARGET = "targetBeanName";

  private IdentityFilters() {}

  static FilterRegistrationBean<TokenConcealmentFilter> first(TokenConcealmentFilter filter) {
    return onEachDispatch(new First<>(filter), Ordered.HIGHEST_PRECEDENCE);
  }

  /** Spring Security may be moved to just behind the first: this stays in front of it too. */
  static FilterRegistrationBean<DevelopmentFilter> development(DevelopmentFilter filter) {
    return onEachDispatch(new First<>(filter), Ordered.HIGHEST_PRECEDENCE + 1);
  }

  static FilterRegistrationBean<OnBehalfFilter> identity(
      OnBehalfFilter filter, Environment environment) {
    return onEachDispatch(new FilterRegistrationBean<>(filter), order(environment));
  }

  /** For whatever kind of dispatch Spring Session's is registered. */
  static FilterRegistrationBean<Filter> sessions(
      Stream<OnBehalfFilter> filters,
      Stream<AbstractFilterRegistrationBean<?>> registrations,
      ListableBeanFactory beans) {
    CompositeFilter sessions = new CompositeFilter();
    sessions.setFilters(filters.map(OnBehalfFilter::sessions).toList());
    int springSession =
        registrations
            .filter(it -> it.isEnabled() && isSpringSession(it, beans))
            .mapToInt(AbstractFilterRegistrationBean::getOrder)
            .min()
            .orElse(SessionRepositoryFilter.DEFAULT_ORDER);
    FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(sessions);
    registration.setOrder(Math.max(springSession, springSession + 1)); // the last has none behind
    registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
    return registration;
  }

  private static boolean isSpringSession(
      AbstractFilterRegistrationBean<?> registration, ListableBeanFactory beans) {
    Filter filter = registration.getFilter();
    if (filter instanceof DelegatingFilterProxy proxy) {
      Object target = new DirectFieldAccessor(proxy).getPropertyValue(TARGET);
      String name = target == null ? registration.getFilterName() : target.toString();
      return beans.containsBean(name) && beans.isTypeMatch(name, SessionRepositoryFilter.class);
    }
    return filter instanceof SessionRepositoryFilter;
  }

  /** An application may move Spring Security's filter; ours stay in front of it. */
  private static int order(Environment environment) {
    int security = environment.getProperty(SECURITY_ORDER, Integer.class, IDENTITY + 2);
    return Math.min(IDENTITY, Math.max(Ordered.HIGHEST_PRECEDENCE + 2, security) - 2);
  }

  private static <F extends Filter> FilterRegistrationBean<F> onEachDispatch(
      FilterRegistrationBean<F> registration, int order) {
    registration.setOrder(order);
    registration.setDispatcherTypes(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
    return registration;
  }

  /**
   * Comes before filters of the same order too, as Spring sorts what is {@link PriorityOrdered}.
   */
  private static final class First<F extends Filter> extends FilterRegistrationBean<F>
      implements PriorityOrdered {
    First(F filter) {
      super(filter);
    }
  }
}
