package dev.onbehalf.spring;

import java.sql.SQLInvalidAuthorizationSpecException;

/**
 * A connection was asked for where nobody is bound, and nobody's rights are guessed. The SQLState
 * is 28000. Either the work belongs into a request that carries an identity, or it says by name as
 * whom it runs.
 */
public final class NobodyBoundException extends SQLInvalidAuthorizationSpecException {
  private static final long serialVersionUID = 1L;

  NobodyBoundException() {
    super(
        "Nobody is bound to this thread, so there is nobody to connect as. Run the query for a"
            + " person: within a request that carries their identity, or in OnBehalf.asUser(identity,"
            + " ...). Or run it as the application itself: in OnBehalf.asServicePrincipal(...), or"
            + " with the bean servicePrincipalDataSource.",
        "28000");
  }
}
