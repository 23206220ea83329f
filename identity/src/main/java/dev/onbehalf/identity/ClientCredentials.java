package dev.onbehalf.identity;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import dev.onbehalf.identity.TokenEndpoint.Whose;
import java.time.Clock;
import java.util.Map;
import java.util.Set;

/**
 * Logs the application in with an access token of its own (RFC 6749, 4.4).
 *
 * <pre>{@code
 * ServicePrincipalCredentials own = new ClientCredentials(client, Set.of("the-database"), Set.of());
 * }</pre>
 *
 * <p>Thread-safe; nothing is asked before the first login.
 */
public final class ClientCredentials implements ServicePrincipalCredentials {
  private final TokenEndpoint endpoint;
  private final Set<String> audiences;
  private final Set<String> scopes;

  /**
   * @param audiences whom the token is to be for, for issuers that take such a parameter; may be
   *     empty
   * @param scopes what it is to be good for; may be empty
   */
  public ClientCredentials(OAuthClient client, Set<String> audiences, Set<String> scopes) {
    this.endpoint = new TokenEndpoint(client, Clock.systemUTC());
    this.audiences = Set.copyOf(audiences);
    this.scopes = Set.copyOf(scopes);
  }

  @Override
  public DatabaseCredential get() {
    return endpoint.ask(
        new ClientCredentialsGrant(),
        scopes,
        audiences.isEmpty() ? Map.of() : Map.of("audience", String.join(" ", audiences)),
        Whose.APPLICATIONS);
  }
}
