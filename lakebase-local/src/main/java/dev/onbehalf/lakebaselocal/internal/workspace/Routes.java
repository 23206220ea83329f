package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
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

  /** What can be changed while it runs, by whoever reaches loopback. */
  public record Desks(PeopleDesk people, FaultDesk faults) {}

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
      Disturbance disturbance,
      Desks desks) {
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
    LocalPeopleEndpoint people = new LocalPeopleEndpoint(desks.people());
    spared("GET", LocalPeopleEndpoint.PATH, people::list);
    spared("POST", LocalPeopleEndpoint.PATH, people::add);
    spared("DELETE", LocalPeopleEndpoint.PERSON_PATH, people::remove);
    LocalFaultsEndpoint faults = new LocalFaultsEndpoint(desks.faults());
    spared("GET", LocalFaultsEndpoint.PATH, faults::list);
    spared("POST", LocalFaultsEndpoint.PATH, faults::order);
    spared("DELETE", LocalFaultsEndpoint.PATH, faults::clear);
    spared("DELETE", LocalFaultsEndpoint.FAULT_PATH, faults::cancel);
    disturbed(
        "POST",
        literal(OAuthTokenEndpoint.PATH),
        new OAuthTokenEndpoint(tokens, directory, client));
    disturbed("GET", literal(UserinfoEndpoint.PATH), new UserinfoEndpoint(bearer));
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
    spared(method, literal(path), endpoint);
  }

  private void spared(String method, Pattern path, Endpoint endpoint) {
    routes.add(new Route(path, method, false, endpoint));
  }

  private void disturbed(String method, Pattern path, Endpoint endpoint) {
    routes.add(new Route(path, method, true, endpoint));
  }

  private static Pattern literal(String path) {
    return Pattern.compile(Pattern.quote(path));
  }

  /** The routes of a path, one a method. */
  List<Route> find(String path) {
    return routes.stream().filter(route -> route.path().matcher(path).matches()).toList();
  }
}
