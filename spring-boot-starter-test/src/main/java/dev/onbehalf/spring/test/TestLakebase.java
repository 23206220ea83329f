package dev.onbehalf.spring.test;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/** The one {@code lakebase-local} of a test run. It ends with its JVM, whose end it notices. */
final class TestLakebase {
  private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

  private TestLakebase() {}

  /** Started by the first who asks. */
  private static final class Holder {
    private static final LakebaseLocal LOCAL = LakebaseLocal.builder().start();
  }

  static LakebaseLocal get() {
    return Holder.LOCAL;
  }

  static ForwardedIdentity identity(String user) {
    return identity(get(), user);
  }

  static ForwardedIdentity identity(LakebaseLocal lakebase, String user) {
    return new ForwardedIdentity(user, Secret.of(lakebase.accessToken(user, TOKEN_LIFETIME)));
  }

  static String token(String user) {
    return get().accessToken(user, TOKEN_LIFETIME);
  }

  /**
   * Sees to it that {@code user} can log in, and has the rights of {@code group} if there is one.
   */
  static void admit(String user, @Nullable String group, DataSource servicePrincipal) {
    admit(get(), user, group, servicePrincipal);
  }

  /** The same on another one. */
  static synchronized void admit(
      LakebaseLocal lakebase, String user, @Nullable String group, DataSource servicePrincipal) {
    if (!lakebase.users().contains(user)) {
      lakebase.addUser(user);
    }
    if (!StringUtils.hasText(group)) {
      return;
    }
    try (Connection connection = servicePrincipal.getConnection()) {
      RoleSetup.ofGroup(group).user(user).apply(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "%s could not be made a member of the group %s: %s"
              .formatted(user, group, e.getMessage()),
          e);
    }
  }
}
