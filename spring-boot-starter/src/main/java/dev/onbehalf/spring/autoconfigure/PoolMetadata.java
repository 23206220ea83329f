package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatisticsSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;

/**
 * The pools of all users as Spring Boot knows a pool, for its meters {@code jdbc.connections.*}.
 */
record PoolMetadata(PoolStatisticsSource pools) implements DataSourcePoolMetadata {

  @Override
  public Float getUsage() {
    PoolStatistics statistics = pools.statistics();
    return (float) statistics.inUse() / statistics.maxConnections();
  }

  @Override
  public Integer getActive() {
    return pools.statistics().inUse();
  }

  @Override
  public Integer getIdle() {
    return pools.statistics().idle();
  }

  @Override
  public Integer getMax() {
    return pools.statistics().maxConnections();
  }

  /** Users who have gone cost nothing. */
  @Override
  public Integer getMin() {
    return 0;
  }

  /** The driver has a question of its own. */
  @Override
  public @Nullable String getValidationQuery() {
    return null;
  }

  /** Unknown: it is a role's, or the driver's, own. */
  @Override
  public @Nullable Boolean getDefaultAutoCommit() {
    return null;
  }
}
