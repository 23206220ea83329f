package dev.onbehalf.lakebase;

import dev.onbehalf.pool.Secret;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL role of the application itself: {@code PGUSER}, else {@code DATABRICKS_CLIENT_ID},
 * else who the workspace says that the SDK's credentials belong to, asked once. Thread-safe.
 */
final class ServicePrincipalRole {
  private final DatabricksWorkspace workspace;
  private final @Nullable Secret password;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable String name; // written once, under the lock

  ServicePrincipalRole(LakebaseSettings settings, DatabricksWorkspace workspace) {
    this.workspace = workspace;
    this.password = settings.servicePrincipalPassword;
    this.name =
        settings.servicePrincipalRole != null ? settings.servicePrincipalRole : settings.clientId;
  }

  /**
   * The role's name.
   *
   * @throws WorkspaceUnavailableException when the workspace had to be asked, and could not
   */
  String name() {
    String known = name;
    return known != null ? known : ask();
  }

  private String ask() {
    asking.lock();
    try {
      String answer = name;
      if (answer == null) {
        answer = workspace.servicePrincipalName();
        name = answer;
      }
      return answer;
    } finally {
      asking.unlock();
    }
  }

  /** Whether {@code user} is the service principal, ASCII case aside: the cautious reading. */
  boolean is(String user) {
    return ProvedIdentities.equalIgnoringAsciiCase(user, name());
  }

  /** The role's native password, or null when it logs in with a database credential. */
  @Nullable Secret password() {
    return password;
  }
}
