package dev.onbehalf.spring;

import java.util.stream.Stream;
import org.hibernate.SessionEventListener;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.cfg.SessionEventSettings;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.LoadEvent;
import org.hibernate.event.spi.LoadEventListener;
import org.hibernate.integrator.spi.Integrator;

/**
 * Keeps what a session has in memory from work that is not its owner's: {@code find} asks no
 * database for what was loaded before. Sees to it that {@link SessionGuard} does the rest. Found by
 * the service loader; leaves session factories alone whose tenants are not {@link UserTenancy}'s.
 */
public final class SessionGuardIntegrator implements Integrator {
  @Override
  public void integrate(
      Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
    Object resolver = factory.getSessionFactoryOptions().getCurrentTenantIdentifierResolver();
    if (resolver instanceof UserTenancy tenancy) {
      requireGuard(factory.getSessionFactoryOptions().buildSessionEventListeners());
      factory
          .getServiceRegistry()
          .requireService(EventListenerRegistry.class)
          .prependListeners(EventType.LOAD, new OwnersOnly(tenancy));
    }
  }

  /** Wherever that was set: Hibernate takes one class, and an application's own replaces ours. */
  private static void requireGuard(SessionEventListener[] listeners) {
    if (Stream.of(listeners).noneMatch(SessionGuard.class::isInstance)) {
      throw new IllegalStateException(
          "%s is a class of the application's, in the place of the one that keeps a session from other people's work: have it extend %s, and call super where it overrides."
              .formatted(
                  SessionEventSettings.AUTO_SESSION_EVENTS_LISTENER, SessionGuard.class.getName()));
    }
  }

  private record OwnersOnly(UserTenancy tenancy) implements LoadEventListener {
    @Override
    public void onLoad(LoadEvent event, LoadType type) {
      tenancy.requireOwner(event.getSession().getTenantIdentifierValue());
    }
  }
}
