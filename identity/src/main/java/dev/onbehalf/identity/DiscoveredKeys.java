package dev.onbehalf.identity;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.URL;
import java.text.ParseException;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's keys, wherever its own metadata say that they are. Both are fetched each time: keys
 * are asked for seldom, and move when the issuer says so. Thread-safe.
 */
final class DiscoveredKeys implements JWKSetSource<SecurityContext> {
  private final IssuerMetadata metadata;
  private final ResourceRetriever retriever;

  /**
   * @throws IllegalArgumentException if the issuer is no address over https, or over http on
   *     loopback
   */
  DiscoveredKeys(String issuer, ResourceRetriever retriever) {
    this.metadata = new IssuerMetadata(issuer, retriever);
    this.retriever = retriever;
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator evaluator, long now, @Nullable SecurityContext context)
      throws KeySourceException {
    return new URLBasedJWKSetSource<SecurityContext>(keys(), retriever)
        .getJWKSet(evaluator, now, context);
  }

  private URL keys() throws KeySourceException {
    try {
      return metadata.address("jwks_uri");
    } catch (IOException e) {
      throw new RemoteKeySourceException(String.valueOf(e.getMessage()), e);
    } catch (ParseException e) {
      throw new KeySourceException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() {}
}
