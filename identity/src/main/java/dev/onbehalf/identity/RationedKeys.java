package dev.onbehalf.identity;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetSourceWrapper;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's keys, fetched once a minute at most. Whoever invents key ids, one for each request,
 * would otherwise make each request a call to the issuer. Within the minute the last answer stands;
 * a fetch that failed is not tried again for five seconds, in which it fails for all. Thread-safe;
 * callers wait for a fetch under way.
 */
final class RationedKeys extends JWKSetSourceWrapper<SecurityContext> {
  private static final Logger log = LoggerFactory.getLogger(RationedKeys.class);
  private static final long INTERVAL = Duration.ofMinutes(1).toNanos();
  private static final long INTERVAL_AFTER_FAILURE = Duration.ofSeconds(5).toNanos();

  private final LongSupplier ticker;
  private final ReentrantLock fetching = new ReentrantLock();
  private @Nullable JWKSet last; // guarded by fetching, as all below
  private @Nullable KeySourceException failure;
  private long nextFetch;

  RationedKeys(JWKSetSource<SecurityContext> source, LongSupplier ticker) {
    super(source);
    this.ticker = ticker;
    this.nextFetch = ticker.getAsLong();
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator evaluator, long now, @Nullable SecurityContext context)
      throws KeySourceException {
    fetching.lock();
    try {
      if (ticker.getAsLong() - nextFetch >= 0) {
        fetch(evaluator, now, context);
      }
      if (last == null) {
        throw Objects.requireNonNull(failure);
      }
      return last;
    } finally {
      fetching.unlock();
    }
  }

  private void fetch(
      JWKSetCacheRefreshEvaluator evaluator, long now, @Nullable SecurityContext context) {
    try {
      last = getSource().getJWKSet(evaluator, now, context);
      nextFetch = ticker.getAsLong() + INTERVAL;
    } catch (KeySourceException e) {
      failed(e);
    } catch (RuntimeException e) {
      failed(new KeySourceException("The issuer's answer is no key set", e));
    }
  }

  private void failed(KeySourceException e) {
    last = null; // too old to be believed any longer
    failure = e;
    log.warn(
        "The keys of the tokens' issuer: {}: {}", e.getMessage(), String.valueOf(e.getCause()));
    nextFetch = ticker.getAsLong() + INTERVAL_AFTER_FAILURE;
  }
}
