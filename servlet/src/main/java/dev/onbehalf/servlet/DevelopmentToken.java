package dev.onbehalf.servlet;

import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.pool.Secret;

/**
 * The access token of whoever develops, where no proxy forwards one. The module for Lakebase brings
 * one, by the Databricks SDK's ways to sign in; elsewhere an application declares its own.
 *
 * <pre>{@code
 * @Bean
 * DevelopmentToken mine() {
 *   return () -> Secret.of(System.getenv("MY_TOKEN"));
 * }
 * }</pre>
 *
 * <p>Asked by the threads of requests, at the same time as well: thread-safe.
 */
@FunctionalInterface
public interface DevelopmentToken {
  /**
   * A token that is good now; may block.
   *
   * @throws IdentityException when there is none to be had
   */
  Secret accessToken();
}
