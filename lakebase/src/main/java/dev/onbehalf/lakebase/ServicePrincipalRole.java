package dev.onbehalf.lakebase;

import dev.onbehalf.pool.Secret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL role of the application itself: {@code PGUSER}, else {@code DATABRICKS_CLIENT_ID},
 * else who the workspace says that the SDK's credentials belong to, asked once.
 *
 * <p>The others are its names too, whichever it logs in by: a role of such a name may own tables,
 * and the service principal has tokens with which it could be proved. Thread-safe.
 */
final class ServicePrincipalRole {
  private final Supplier<String> asked;
  private final Supplier<@Nullable String> known;
  private final @Nullable Secret password;
  private final @Nullable String clientId;
  private final Set<String> tableOwners;

  /** Besides the role's own name; looked through at each request. */
  private final List<String> reserved = new ArrayList<>();

  private volatile @Nullable String name; // written once; twice the same at worst

  /**
   * @param asked asks the workspace who the application is; its callers share the answer
   * @param known what the workspace has said to that, null if it was never asked
   */
  ServicePrincipalRole(
      LakebaseSettings settings, Supplier<String> asked, Supplier<@Nullable String> known) {
    this.asked = asked;
    this.known = known;
    this.password = settings.servicePrincipalPassword;
    this.clientId = settings.clientId;
    this.tableOwners = settings.tableOwners;
    if (clientId != null) {
      reserved.add(clientId);
    }
    if (!settings.allowRlsBypass) {
      reserved.addAll(tableOwners);
    }
    this.name =
        settings.servicePrincipalRole != null ? settings.servicePrincipalRole : settings.clientId;
  }

  /**
   * The role's name.
   *
   * @throws WorkspaceUnavailableException when the workspace had to be asked, and could not, or
   *     refuses the application
   */
  String name() {
    String known = name;
    return known != null ? known : ask();
  }

  private String ask() {
    String answer = asked.get();
    name = answer;
    return answer;
  }

  /** Whether {@code user} is the service principal, ASCII case aside: the cautious reading. */
  boolean is(String user) {
    return ProvedIdentities.equalIgnoringAsciiCase(user, name());
  }

  /**
   * Whether no request may act as {@code user}: any of the application's names, and those that
   * {@code tableOwners} names, unless roles above Row-Level Security may log in.
   */
  boolean isReserved(String user) {
    for (int i = 0; i < reserved.size(); i++) {
      if (isSame(user, reserved.get(i))) {
        return true;
      }
    }
    return is(user) || isSame(user, known.get());
  }

  private static boolean isSame(String user, @Nullable String name) {
    return name != null && ProvedIdentities.equalIgnoringAsciiCase(user, name);
  }

  /**
   * The roles that own the tables: all of the application's names, and those that {@code
   * tableOwners} names.
   */
  Set<String> owners() {
    Set<String> owners = new HashSet<>(tableOwners);
    owners.add(name());
    if (clientId != null) {
      owners.add(clientId);
    }
    String said = known.get();
    if (said != null) {
      owners.add(said);
    }
    return owners;
  }

  /** The role's native password, or null when it logs in with a database credential. */
  @Nullable Secret password() {
    return password;
  }
}
