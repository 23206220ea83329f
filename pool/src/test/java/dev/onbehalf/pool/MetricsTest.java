package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.metrics.PoolMetrics;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  private final StubServer server = new StubServer();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void what_the_pool_holds_and_does_can_be_read_from_a_registry() throws SQLException {
    try (UserPoolManager manager =
        UserPoolManager.builder(server, user -> Secret.of("secret")).build()) {
      PoolMetrics.of(manager).bindTo(registry);
      manager.getPool("bob").getConnection().close();
      try (Connection connection = manager.getPool("alice").getConnection()) {
        assertThat(connection.isClosed()).isFalse();
        assertThat(gauge("connections", "state", "in use")).isEqualTo(1);
        assertThat(gauge("connections", "state", "idle")).isEqualTo(1);
      }
      manager.closePool("bob");
      assertThat(registry.get("onbehalf.pool.logins").functionCounter().count()).isEqualTo(2);
      assertThat(
              registry
                  .get("onbehalf.pool.evictions")
                  .tag("cause", "closed")
                  .functionCounter()
                  .count())
          .isEqualTo(1);
      assertThat(registry.getMeters())
          .flatExtracting(meter -> meter.getId().getTags())
          .extracting(Tag::getKey)
          .doesNotContain("user");
    }
  }

  @Test
  void users_are_tags_only_when_asked_for() throws SQLException {
    try (UserPoolManager manager =
        UserPoolManager.builder(server, user -> Secret.of("secret")).build()) {
      PoolMetrics metrics = PoolMetrics.withUsers(manager);
      metrics.bindTo(registry);
      manager.getPool("alice").getConnection().close();
      metrics.updateUsers();

      assertThat(gauge("user.connections", "user", "alice")).isEqualTo(1);
    }
  }

  private double gauge(String name, String tag, String value) {
    return registry.get("onbehalf.pool." + name).tag(tag, value).gauge().value();
  }
}
