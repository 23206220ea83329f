package dev.onbehalf.lakebase;

import dev.onbehalf.pool.Secret;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL role of the application itself: {@code PGUSER}, else {@code DATABRICKS_CLIENT_ID},
 * else who the workspace says that the SDK's credentials belong to, asked once. Thread-safe.
 */
final class ServicePrincipalRole {
  private final Supplier<String> workspace;
  private final @Nullable Secret password;
  private volatile @Nullable String name; // written once; twice the same at worst

  /**
   * @param workspace asks it who the application is; its callers share the answer
   */
  ServicePrincipalRole(LakebaseSettings settings, Supplier<String> workspace) {
    this.workspace = workspace;
    this.password = settings.servicePrincipalPassword;
    this.name =
        settings.servicePrincipalRole != null ? settings.servicePrincipalRole : settings.clientId;
  }

  /**
   * The role's name.
   *
   * @throws WorkspaceUnavailableException when the workspace had to be asked, and could not, or
   *     does not know the application
   */
  String name() {
    String known = name;
    return known != null ? known : ask();
  }

  private String ask() {
    try {
      String answer = workspace.get();
      name = answer;
      return answer;
    } catch (IdentityException e) { // the application's affair, not that of the person who came
      throw new WorkspaceUnavailableException(
          "The workspace does not take the application's own credentials. Whoever runs the"
              + " application has to look at them.",
          e);
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
