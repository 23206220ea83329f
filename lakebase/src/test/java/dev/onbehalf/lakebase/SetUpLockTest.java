package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.identity.RoleSetup.Privilege;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lock that a person keeps ends a set-up with an error; it does not hang it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SetUpLockTest {
  private static final String MALLORY = "mallory@example.com";

  private final LakebaseLocal local = LakebaseLocal.builder().user(MALLORY).start();
  private final OnBehalfDatabase lakebase =
      TestDatabase.of(TestDatabase.settings(local.environment()));

  @AfterEach
  void stop() {
    lakebase.close();
    local.close();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection mallory() throws SQLException {
    Secret token = Secret.of(local.accessToken(MALLORY, Duration.ofHours(1)));
    return lakebase.asUser(new ForwardedIdentity(MALLORY, token)).getConnection();
  }

  private static RoleSetup setup() {
    return LakebaseRoles.ofGroup("shoppers")
        .user(MALLORY)
        .schema("shop")
        .table("shop", "orders", Privilege.SELECT, Privilege.UPDATE);
  }

  private static void makeTable(Connection owner) throws SQLException {
    execute(owner, "CREATE SCHEMA shop; CREATE TABLE shop.orders (n pg_catalog.int4)");
  }

  private static void assertGivesUp(ThrowingCallable setUp, String... said) {
    assertThatThrownBy(setUp)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"))
        .hasMessageContainingAll(said);
  }

  @Test
  void theAdvisoryLockThatAPersonKeepsIsNamedWithItsHolder() throws SQLException {
    try (Connection owner = lakebase.servicePrincipal().getConnection();
        Connection person = mallory()) {
      makeTable(owner);
      execute(person, "SELECT pg_advisory_lock(hashtextextended('onbehalf', 0))");
      assertGivesUp(
          () -> setup().apply(owner),
          "after 5 s",
          "of \"mallory@example.com\"",
          "pg_catalog.pg_terminate_backend");
      owner.setAutoCommit(false);
      execute(owner, "CREATE TABLE shop.mine (n pg_catalog.int4)");
      assertGivesUp(() -> setup().apply(owner), "of \"mallory@example.com\"");
      owner.commit();
      owner.setAutoCommit(true);

      execute(person, "SELECT pg_advisory_unlock_all()");
      assertThat(setup().apply(owner)).isNotEmpty();
      execute(owner, "DROP TABLE shop.mine"); // the caller's transaction went on
      execute(person, "SELECT pg_advisory_lock(hashtextextended('onbehalf', 0))");
      assertThat(setup().apply(owner)).as("nothing to do, so nothing to wait for").isEmpty();
    }
  }

  @Test
  void anyOtherLockIsToldByTheStatementThatNeedsIt() throws SQLException {
    try (Connection owner = lakebase.servicePrincipal().getConnection();
        Connection person = mallory()) {
      makeTable(owner);
      setup().apply(owner);
      execute(owner, "REVOKE UPDATE ON shop.orders FROM shoppers");
      execute(owner, "GRANT SELECT ON shop.orders TO \"" + MALLORY + "\" WITH GRANT OPTION");
      person.setAutoCommit(false);
      execute(person, "GRANT SELECT ON shop.orders TO PUBLIC");
      assertGivesUp(
          () -> setup().apply(owner),
          "GRANT UPDATE ON \"shop\".\"orders\" TO \"shoppers\";",
          "pg_catalog.pg_locks");
      person.rollback();
      assertThat(setup().apply(owner)).hasSize(1);
    }
  }
}
