package dev.onbehalf.spring;

import dev.onbehalf.identity.OnBehalfDatabase;
import java.util.Map;
import org.hibernate.SessionEventListener;

/**
 * Keeps a Hibernate session from work that is not its owner's, at each statement and each look into
 * the second-level cache. Hibernate makes one for each session, by name, and does not say at which
 * database: so whoever is bound at any has to stay so there. Where nobody is, nobody is kept from
 * it; it gets no connection.
 *
 * <p>It is what {@code hibernate.session.events.auto} names. An application's own listener extends
 * it, and calls {@code super} where it overrides:
 *
 * <pre>{@code
 * public class Timings extends SessionGuard {
 *   @Override public void jdbcExecuteStatementEnd() { ... }
 * }
 * }</pre>
 */
public class SessionGuard implements SessionEventListener {
  private static final long serialVersionUID = 1L;

  private final transient Map<OnBehalfDatabase, String> owners = UserTenancy.everywhere();

  private void check() {
    owners.forEach((database, owner) -> UserTenancy.requireOwner(owner, database));
  }

  @Override
  public void jdbcPrepareStatementStart() {
    check();
  }

  @Override
  public void jdbcExecuteStatementStart() {
    check();
  }

  @Override
  public void jdbcExecuteBatchStart() {
    check();
  }

  @Override
  public void cacheGetStart() {
    check();
  }
}
