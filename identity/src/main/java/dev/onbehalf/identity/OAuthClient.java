package dev.onbehalf.identity;

import dev.onbehalf.pool.Secret;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The application, as the issuer of tokens knows it (RFC 6749, 2).
 *
 * <pre>{@code
 * OAuthClient client = OAuthClient.of("https://login.example.com", "the-app", secret);
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param issuer whose metadata name the token endpoint (OpenID Connect Discovery), if that is not
 *     given; https, or http on loopback
 * @param tokenEndpoint where tokens are asked for; null to have it discovered
 * @param id the client's id
 * @param secret the client's secret, sent as HTTP Basic, for Entra's form as a field (RFC 6749,
 *     2.3.1)
 */
public record OAuthClient(String issuer, @Nullable URI tokenEndpoint, String id, Secret secret) {
  /**
   * @throws IllegalArgumentException if something is empty, or an address is not over https
   */
  public OAuthClient {
    if (id.isBlank() || secret.reveal().isBlank()) {
      throw new IllegalArgumentException("An OAuth client has an id and a secret");
    }
    IssuerMetadata.secure(tokenEndpoint == null ? URI.create(issuer) : tokenEndpoint);
  }

  /** One whose token endpoint is discovered, at the first question. */
  public static OAuthClient of(String issuer, String id, Secret secret) {
    return new OAuthClient(issuer, null, id, secret);
  }
}
