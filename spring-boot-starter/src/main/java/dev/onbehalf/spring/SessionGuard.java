package dev.onbehalf.spring;

import org.hibernate.SessionEventListener;

/**
 * Keeps a Hibernate session from work that is not its owner's, at each statement and each look into
 * the second-level cache. Hibernate makes one for each session, by name.
 */
public final class SessionGuard implements SessionEventListener {
  private static final long serialVersionUID = 1L;

  private final String owner = UserTenancy.current();

  private void check() {
    UserTenancy.requireOwner(owner);
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
