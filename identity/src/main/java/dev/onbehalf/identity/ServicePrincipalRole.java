package dev.onbehalf.identity;

import dev.onbehalf.pool.Secret;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL role of the application itself: {@code PGUSER}, else what the {@link Platform}
 * knows, else what it finds out, asked once.
 *
 * <p>The others are its names too, whichever it logs in by: a role of such a name may own tables,
 * and the service principal has tokens with which it could be proved. Thread-safe.
 */
final class ServicePrincipalRole {
  private final Supplier<String> asked;
  private final Platform platform;
  private final @Nullable Secret password;
  private final Set<String> tableOwners;
  private final List<String> reserved;
  private volatile @Nullable String name; // written once; twice the same at worst

  /**
   * @param asked asks the platform who the application is; its callers share the answer
   */
  ServicePrincipalRole(DatabaseSettings settings, Platform platform, Supplier<String> asked) {
    this.asked = asked;
    this.platform = platform;
    this.password = settings.servicePrincipalPassword;
    this.tableOwners = settings.tableOwners;
    this.reserved = settings.allowRlsBypass ? List.of() : List.copyOf(tableOwners);
    this.name =
        settings.servicePrincipalRole != null
            ? settings.servicePrincipalRole
            : platform.servicePrincipalNames().stream().findFirst().orElse(null);
  }

  /**
   * The role's name.
   *
   * @throws IssuerUnavailableException when the platform had to be asked, and could not, or refuses
   *     the application
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
    return isOneOf(platform.servicePrincipalNames(), user) || isOneOf(reserved, user) || is(user);
  }

  /** At each request. */
  private static boolean isOneOf(List<String> names, String user) {
    for (int i = 0; i < names.size(); i++) {
      if (ProvedIdentities.equalIgnoringAsciiCase(user, names.get(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * The roles that own the tables: all of the application's names, and those that {@code
   * tableOwners} names.
   */
  Set<String> owners() {
    Set<String> owners = new HashSet<>(tableOwners);
    owners.add(name());
    owners.addAll(platform.servicePrincipalNames());
    return owners;
  }

  /** The role's native password, or null when it logs in with a database credential. */
  @Nullable Secret password() {
    return password;
  }
}
