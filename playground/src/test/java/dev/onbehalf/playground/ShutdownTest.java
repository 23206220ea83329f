package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.lakebaselocal.Faults.Fault;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShutdownTest {
  @Test
  void aRunningRequestEndsWellAndThenAllConnectionsClose() throws Exception {
    try (LakebaseLocal local = LakebaseLocal.builder().user("alice@example.com").start()) {
      DeployedPlayground playground = new DeployedPlayground(local);
      CompletableFuture<Integer> status;
      try (Fault slow = local.faults().delayWorkspace(Duration.ofSeconds(1))) {
        String token = local.accessToken("alice@example.com", Duration.ofHours(1));
        local.calls().reset();
        status =
            CompletableFuture.supplyAsync(
                () ->
                    playground
                        .send(playground.as("alice@example.com", token, API + "/my-products"))
                        .statusCode());
        await().until(() -> local.calls().total() > 0);
        playground.close();
      }
      // Not in the group, so 403: an answer of the database, through a login made while closing.
      assertThat(status.get(10, TimeUnit.SECONDS)).isEqualTo(403);
      await().untilAsserted(() -> assertThat(connections(local)).isZero());
    }
  }

  private static int connections(LakebaseLocal local) throws SQLException {
    try (Connection connection = local.superuser().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                    + " AND pid <> pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
