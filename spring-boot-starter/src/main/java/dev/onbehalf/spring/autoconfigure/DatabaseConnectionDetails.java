package dev.onbehalf.spring.autoconfigure;

import java.util.Map;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the Lakebase is. A bean of this type replaces the variables of the environment; without one
 * {@code PGHOST}, {@code DATABRICKS_HOST} and the others are read from there.
 *
 * <pre>{@code
 * @Bean
 * DatabaseConnectionDetails local(LakebaseLocal lakebase) {
 *   return lakebase::environment;
 * }
 * }</pre>
 */
@FunctionalInterface
public interface DatabaseConnectionDetails extends ConnectionDetails {
  /** The variables of {@link dev.onbehalf.identity.DatabaseSettings}, by their names. */
  Map<String, String> variables();
}
