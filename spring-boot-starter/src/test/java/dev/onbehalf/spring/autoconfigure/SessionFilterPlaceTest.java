package dev.onbehalf.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Filter;
import java.util.HashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.session.MapSession;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.filter.DelegatingFilterProxy;

/** Behind Spring Session, however that is registered, the guard of its sessions finds its place. */
class SessionFilterPlaceTest {
  private static final String SESSIONS = "springSessionRepositoryFilter";
  private static final int PLACE = 7;

  private final SessionRepositoryFilter<MapSession> sessions =
      new SessionRepositoryFilter<>(new MapSessionRepository(new HashMap<>()));
  private final StaticWebApplicationContext context = new StaticWebApplicationContext();

  @BeforeEach
  void open() {
    context.registerBean(SESSIONS, Filter.class, () -> sessions);
    context.registerBean("tenants", Filter.class, () -> (request, response, chain) -> {});
    context.refresh();
  }

  @AfterEach
  void close() {
    context.close();
  }

  private int placeOfGuard(AbstractFilterRegistrationBean<?>... registrations) {
    return IdentityFilters.sessions(Stream.empty(), Stream.of(registrations), context).getOrder();
  }

  private AbstractFilterRegistrationBean<?> proxy(String bean) {
    DelegatingFilterProxyRegistrationBean registration =
        new DelegatingFilterProxyRegistrationBean(bean);
    registration.setApplicationContext(context);
    registration.setOrder(PLACE);
    return registration;
  }

  private static AbstractFilterRegistrationBean<?> registered(Filter filter) {
    FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
    registration.setOrder(PLACE);
    return registration;
  }

  private static AbstractFilterRegistrationBean<?> with(
      AbstractFilterRegistrationBean<?> registration, String name) {
    registration.setName(name);
    return registration;
  }

  @Test
  void itselfOrByAProxyOfWhateverName() {
    for (AbstractFilterRegistrationBean<?> registration :
        new AbstractFilterRegistrationBean<?>[] {
          registered(sessions),
          proxy(SESSIONS),
          with(proxy(SESSIONS), "stored"),
          registered(new DelegatingFilterProxy(SESSIONS)),
          with(registered(new DelegatingFilterProxy()), SESSIONS)
        }) {
      assertThat(placeOfGuard(registration)).as(registration.toString()).isEqualTo(PLACE + 1);
    }
  }

  @Test
  void butNotBehindOthersNorBehindOneThatIsSwitchedOff() {
    AbstractFilterRegistrationBean<?> off = registered(sessions);
    off.setEnabled(false);
    assertThat(
            placeOfGuard(off, proxy("tenants"), with(proxy("tenants"), "of"), proxy("not there")))
        .isEqualTo(SessionRepositoryFilter.DEFAULT_ORDER + 1);
  }
}
