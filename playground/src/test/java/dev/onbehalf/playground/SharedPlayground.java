package dev.onbehalf.playground;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebase.LakebaseRoles;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A deployed playground for the tests of a JVM that need no other and leave it as it is. Alice and
 * Bob may use it, Dora has a role only, Carol none. It ends with the JVM.
 */
final class SharedPlayground {
  static final String ALICE = "alice@example.com";
  static final String BOB = "bob@example.com";
  static final String CAROL = "carol@example.com";
  static final String DORA = "dora@example.com";

  static final LakebaseLocal LOCAL =
      LakebaseLocal.builder().user(ALICE).user(BOB).user(DORA).personWithoutRole(CAROL).start();
  static final DeployedPlayground PLAYGROUND = new DeployedPlayground(LOCAL);

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(SharedPlayground::stop));
    try (Connection connection =
        PLAYGROUND.bean(OnBehalfDatabase.class).servicePrincipal().getConnection()) {
      LakebaseRoles.ofGroup(DatabaseSetUp.GROUP).user(ALICE).user(BOB).apply(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private SharedPlayground() {}

  private static void stop() {
    PLAYGROUND.close();
    LOCAL.close();
  }
}
