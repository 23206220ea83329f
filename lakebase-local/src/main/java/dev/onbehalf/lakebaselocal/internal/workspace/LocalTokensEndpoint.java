package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stands in for a person's sign-in: gives the access token that the proxy would forward. */
final class LocalTokensEndpoint implements Endpoint {
  static final String PATH = "/local/tokens";
  private static final long MAX_SECONDS = Duration.ofDays(1).toSeconds();

  private final TokenAuthority tokens;
  private final Directory directory;

  LocalTokensEndpoint(TokenAuthority tokens, Directory directory) {
    this.tokens = tokens;
    this.directory = directory;
  }

  @Override
  public Answer answer(Request request) throws WorkspaceException {
    PagesOfSites.refuse(request);
    JsonObject body = request.json();
    String user = body.string("user");
    long seconds = body.integer("ttlSeconds", 1, MAX_SECONDS, 3600);
    List<String> scopes = body.strings("scopes", TokenScopes.OF_PEOPLE);
    if (!TokenScopes.areValid(scopes)) {
      throw WorkspaceException.invalid(
          "Each of \"scopes\" must be a scope, such as \"postgres\" (RFC 6749, 3.3).");
    }
    Optional<Identity> person = directory.find(user).filter(who -> who.type() == IdentityType.USER);
    if (person.isEmpty()) {
      throw WorkspaceException.missing(
          "Nobody here is called \""
              + user
              + "\": people are named when lakebase-local starts, or added by POST /local/people.");
    }
    return Answer.ok(
        Map.of(
            "access_token",
            tokens.accessTokenForPerson(user, Duration.ofSeconds(seconds), scopes).value()));
  }
}
