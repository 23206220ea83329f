package dev.onbehalf.identity;

import java.sql.SQLInvalidAuthorizationSpecException;

/**
 * A connection was asked for where nobody is bound, and nobody's rights are guessed. The SQLState
 * is 28000. Either the work belongs into a request that carries an identity, or it says by name as
 * whom it runs.
 */
public final class NobodyBoundException extends SQLInvalidAuthorizationSpecException {
  private static final long serialVersionUID = 1L;

  /**
   * @param remedy how the work says as whom it runs
   */
  public NobodyBoundException(String remedy) {
    super("Nobody is bound to this thread, so there is nobody to connect as. " + remedy, "28000");
  }
}
