package dev.onbehalf.playground;

import dev.onbehalf.lakebase.LakebaseSettings;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** {@code onbehalf.pool.*}, under the names and with the defaults of {@link LakebaseSettings}. */
record PoolProperties(
    @DefaultValue("50") int maxConnections,
    @DefaultValue("3") int maxConnectionsPerUser,
    @DefaultValue("10s") Duration connectionTimeout,
    @DefaultValue("30s") Duration idleTimeout,
    @DefaultValue("false") boolean allowRlsBypass,
    @DefaultValue List<String> tableOwners) {
  static final PoolProperties DEFAULTS =
      new PoolProperties(50, 3, Duration.ofSeconds(10), Duration.ofSeconds(30), false, List.of());

  LakebaseSettings.Builder applyTo(LakebaseSettings.Builder builder) {
    return builder
        .maxConnections(maxConnections)
        .maxConnectionsPerUser(maxConnectionsPerUser)
        .connectionTimeout(connectionTimeout)
        .idleTimeout(idleTimeout)
        .allowRlsBypass(allowRlsBypass)
        .tableOwners(tableOwners);
  }
}
