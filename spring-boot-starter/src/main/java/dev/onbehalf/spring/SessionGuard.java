package dev.onbehalf.spring;

import dev.onbehalf.identity.OnBehalfDatabase;
import org.hibernate.SessionEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a Hibernate session from work that is not its owner's, at each statement and each look into
 * the second-level cache. Hibernate makes one for each session, by name.
 */
public final class SessionGuard implements SessionEventListener {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable OnBehalfDatabase database = Acting.current().database();
  private final String owner = UserTenancy.at(database);

  private void check() {
    UserTenancy.requireOwner(owner, database);
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
