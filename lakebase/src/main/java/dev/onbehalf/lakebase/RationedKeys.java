package dev.onbehalf.lakebase;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetSourceWrapper;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.net.URL;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's keys, fetched once a minute at most. Whoever invents key ids, one for each request,
 * would otherwise make each request a call to the issuer. Within the minute the last answer stands.
 * Thread-safe; callers wait for a fetch under way.
 */
final class RationedKeys extends JWKSetSourceWrapper<SecurityContext> {
  private static final long INTERVAL = Duration.ofMinutes(1).toNanos();
  private static final int MAX_BYTES = 256 * 1024;

  private final ReentrantLock fetching = new ReentrantLock();
  private @Nullable JWKSet last; // guarded by fetching
  private long fetchedAt; // guarded by fetching

  RationedKeys(URL url, Duration timeout) {
    super(source(url, (int) timeout.toMillis()));
  }

  private static JWKSetSource<SecurityContext> source(URL url, int timeout) {
    return new URLBasedJWKSetSource<>(
        url, new DefaultResourceRetriever(timeout, timeout, MAX_BYTES));
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator evaluator, long now, @Nullable SecurityContext context)
      throws KeySourceException {
    fetching.lock();
    try {
      JWKSet known = last;
      if (known == null || System.nanoTime() - fetchedAt >= INTERVAL) {
        known = getSource().getJWKSet(evaluator, now, context);
        last = known;
        fetchedAt = System.nanoTime();
      }
      return known;
    } finally {
      fetching.unlock();
    }
  }
}
