package dev.onbehalf.identity;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.LeaseGuard;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Lets one of a fleet lend and log in only while it is current: while it would know of a sign-out
 * elsewhere, and of how many connections are its own. Thread-safe.
 *
 * @param timeout how long a login waits for that
 */
record FleetGuard(Fleet fleet, ServicePrincipalRole servicePrincipal, Duration timeout)
    implements LeaseGuard {

  /** The service principal signs out nowhere, but has no place before there is a share. */
  @Override
  public void admit(String user, long deadline) throws SQLException {
    if (servicePrincipal.is(user) && fleet.status().share() > 0) {
      fleet.wish();
    } else {
      fleet.awaitCurrent(deadline);
    }
  }

  /** No one else may believe that a place is free which is about to be taken. */
  ConnectionFactory logins(ConnectionFactory connections) {
    return new ConnectionFactory() {
      @Override
      public Connection connect(String user, Secret credential) throws SQLException {
        fleet.awaitCurrent(System.nanoTime() + timeout.toNanos());
        return connections.connect(user, credential);
      }

      @Override
      public Optional<String> reportedUser(Connection connection) throws SQLException {
        return connections.reportedUser(connection);
      }
    };
  }
}
