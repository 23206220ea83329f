package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.RefusedTokenException;
import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenKind;
import dev.onbehalf.lakebaselocal.internal.token.VerifiedToken;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Finds out who sends a request, by its access token (RFC 6750). */
final class BearerAuthentication {
  private static final String SCHEME = "bearer ";

  private final TokenAuthority tokens;
  private final Directory directory;
  private final BooleanSupplier refuseAll;

  /**
   * @param refuseAll a fault: while it is true, no token is good
   */
  BearerAuthentication(TokenAuthority tokens, Directory directory, BooleanSupplier refuseAll) {
    this.tokens = tokens;
    this.directory = directory;
    this.refuseAll = refuseAll;
  }

  /**
   * Who sends {@code request}.
   *
   * @throws WorkspaceException if it has no good token, or one without {@code scope}
   */
  Identity identify(Request request, String scope) throws WorkspaceException {
    String authorization = request.header("Authorization");
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw WorkspaceException.unauthenticated(
          "No access token was sent: the header Authorization must be \"Bearer\" and a token.");
    }
    if (refuseAll.getAsBoolean()) {
      throw WorkspaceException.unauthenticated("The access token is refused.");
    }
    try {
      String token = authorization.substring(SCHEME.length()).strip();
      VerifiedToken verified = tokens.verify(TokenKind.ACCESS, token);
      Identity identity =
          directory
              .find(verified.identity())
              .orElseThrow(() -> WorkspaceException.unauthenticated("Nobody here has this token."));
      if (!verified.allows(scope)) {
        // The platform's own sentence, which clients look for.
        throw WorkspaceException.denied(
            "Provided OAuth token does not have required scopes: " + scope);
      }
      return identity;
    } catch (RefusedTokenException e) {
      throw WorkspaceException.unauthenticated(
          "The access token is refused: " + e.getMessage() + ".");
    }
  }
}
