package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** All that the workspace answers, by path and method. */
public final class Routes {

  /**
   * Where and as what everything is.
   *
   * @param endpoint {@code projects/…/branches/…/endpoints/…}
   * @param branch {@code projects/…/branches/…}
   */
  public record Resources(String endpoint, String branch) {}

  /**
   * One path.
   *
   * @param disturbed whether faults reach it: they spare discovery and what is only local
   */
  record Route(Pattern path, String method, boolean disturbed, Endpoint endpoint) {}

  private final List<Route> routes = new ArrayList<>();

  public Routes(
      TokenAuthority tokens,
      Directory directory,
      ClientCredentials client,
      RoleCreator roleCreator,
      Resources resources,
      Clock clock,
      Disturbance disturbance) {
    BearerAuthentication bearer =
        new BearerAuthentication(tokens, directory, disturbance::refusesAccessTokens);
    DiscoveryEndpoints discovery = new DiscoveryEndpoints(tokens);
    RolesEndpoint roles =
        new RolesEndpoint(bearer, directory, roleCreator, clock, resources.branch());

    spared("GET", DiscoveryEndpoints.CONFIG_PATH, discovery::config);
    spared("GET", DiscoveryEndpoints.SERVER_PATH, discovery::authorizationServer);
    spared("GET", DiscoveryEndpoints.OPENID_PATH, discovery::openId);
    spared("GET", DiscoveryEndpoints.JWKS_PATH, discovery::jwks);
    spared("POST", LocalTokensEndpoint.PATH, new LocalTokensEndpoint(tokens, directory));
    disturbed("POST", literal(OAuthTokenEndpoint.PATH), new OAuthTokenEndpoint(tokens, client));
    disturbed("GET", literal(MeEndpoint.PATH), new MeEndpoint(bearer));
    disturbed(
        "POST",
        literal(CredentialsEndpoint.PATH),
        new CredentialsEndpoint(bearer, tokens, clock, resources.endpoint()));
    disturbed("GET", ComputeEndpoint.PATH, new ComputeEndpoint(bearer, resources));
    disturbed("POST", RolesEndpoint.CREATE_PATH, roles::create);
    disturbed("GET", RolesEndpoint.OPERATION_PATH, roles::operation);
  }

  private void spared(String method, String path, Endpoint endpoint) {
    routes.add(new Route(literal(path), method, false, endpoint));
  }

  private void disturbed(String method, Pattern path, Endpoint endpoint) {
    routes.add(new Route(path, method, true, endpoint));
  }

  private static Pattern literal(String path) {
    return Pattern.compile(Pattern.quote(path));
  }

  /** The route of a path, whatever the method. */
  Optional<Route> find(String path) {
    return routes.stream().filter(route -> route.path().matcher(path).matches()).findFirst();
  }
}
