package dev.onbehalf.spring;

import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.LoadEvent;
import org.hibernate.event.spi.LoadEventListener;
import org.hibernate.integrator.spi.Integrator;

/**
 * Keeps what a session has in memory from work that is not its owner's: {@code find} asks no
 * database for what was loaded before. Found by the service loader; leaves session factories alone
 * whose tenants are not {@link UserTenancy}'s.
 */
public final class SessionGuardIntegrator implements Integrator {
  @Override
  public void integrate(
      Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
    Object resolver = factory.getSessionFactoryOptions().getCurrentTenantIdentifierResolver();
    if (resolver instanceof UserTenancy tenancy) {
      factory
          .getServiceRegistry()
          .requireService(EventListenerRegistry.class)
          .prependListeners(EventType.LOAD, new OwnersOnly(tenancy));
    }
  }

  private record OwnersOnly(UserTenancy tenancy) implements LoadEventListener {
    @Override
    public void onLoad(LoadEvent event, LoadType type) {
      tenancy.requireOwner(event.getSession().getTenantIdentifierValue());
    }
  }
}
