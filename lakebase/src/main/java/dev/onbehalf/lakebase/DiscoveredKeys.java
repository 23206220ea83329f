package dev.onbehalf.lakebase;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's keys, wherever its own metadata say that they are (OpenID Connect Discovery 1.0,
 * section 4). Both are fetched each time: keys are asked for seldom, and move when the issuer says
 * so. Nothing is fetched before the keys are asked for. Thread-safe.
 */
final class DiscoveredKeys implements JWKSetSource<SecurityContext> {
  private final String issuer;
  private final URL metadata;
  private final ResourceRetriever retriever;

  /**
   * @throws IllegalArgumentException if the issuer is no address over https, or over http on
   *     loopback
   */
  DiscoveredKeys(String issuer, ResourceRetriever retriever) {
    this.issuer = issuer;
    this.retriever = retriever;
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    URI uri = URI.create(base + "/.well-known/openid-configuration");
    if (uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException("An issuer has no query and no fragment: " + issuer);
    }
    this.metadata = secure(uri);
  }

  /** Whoever changes keys on their way signs tokens. */
  static URL secure(URI uri) {
    String host = uri.getHost();
    boolean http =
        "http".equalsIgnoreCase(uri.getScheme()) && host != null && SettingsReader.isLoopback(host);
    if (!http && !"https".equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException(
          "The keys must come over https, for whoever changes them signs tokens: " + uri);
    }
    try {
      return uri.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("Not the address of a key set: " + uri, e);
    }
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator evaluator, long now, @Nullable SecurityContext context)
      throws KeySourceException {
    return new URLBasedJWKSetSource<SecurityContext>(keys(), retriever)
        .getJWKSet(evaluator, now, context);
  }

  private URL keys() throws KeySourceException {
    Map<String, Object> said = said();
    // To the letter: else one issuer could speak for another (section 4.3).
    if (!issuer.equals(said.get("issuer"))) {
      throw new KeySourceException(
          "%s is the metadata of another issuer, not of \"%s\"".formatted(metadata, issuer));
    }
    if (!(said.get("jwks_uri") instanceof String keys)) {
      throw new KeySourceException("%s says no jwks_uri".formatted(metadata));
    }
    try {
      return secure(URI.create(keys));
    } catch (IllegalArgumentException e) {
      throw new KeySourceException("%s: %s".formatted(metadata, e.getMessage()), e);
    }
  }

  private Map<String, Object> said() throws KeySourceException {
    try {
      Map<String, Object> said =
          JSONObjectUtils.parse(retriever.retrieveResource(metadata).getContent());
      return said == null ? Map.of() : said;
    } catch (IOException e) {
      throw new RemoteKeySourceException("%s can't be fetched".formatted(metadata), e);
    } catch (ParseException e) {
      throw new KeySourceException("%s is no JSON object".formatted(metadata), e);
    }
  }

  @Override
  public void close() {}
}
