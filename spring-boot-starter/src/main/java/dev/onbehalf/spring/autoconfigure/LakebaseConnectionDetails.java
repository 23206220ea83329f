package dev.onbehalf.spring.autoconfigure;

import java.util.Map;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the Lakebase is. A bean of this type replaces the variables of the environment; without one
 * {@code PGHOST}, {@code DATABRICKS_HOST} and the others are read from there.
 *
 * <pre>{@code
 * @Bean
 * LakebaseConnectionDetails local(LakebaseLocal lakebase) {
 *   return lakebase::environment;
 * }
 * }</pre>
 */
@FunctionalInterface
public interface LakebaseConnectionDetails extends ConnectionDetails {
  /** The variables of {@link dev.onbehalf.lakebase.LakebaseSettings}, by their names. */
  Map<String, String> variables();
}
