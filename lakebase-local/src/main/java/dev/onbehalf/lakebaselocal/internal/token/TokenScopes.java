package dev.onbehalf.lakebaselocal.internal.token;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The scopes that the platform knows, as far as they are needed here. */
public final class TokenScopes {
  /** To ask whose the token is. */
  public static final String CURRENT_USER = "iam.current-user:read";

  /** To exchange the token for a database credential. */
  public static final String POSTGRES = "postgres";

  /** To do everything; the proxy in front of an app forwards no token with it. */
  public static final String ALL = "all-apis";

  /** What a person's token has unless it is asked for otherwise: all that an app needs. */
  public static final List<String> OF_PEOPLE = List.of(CURRENT_USER, POSTGRES);

  /** RFC 6749, section 3.3: visible ASCII but for the quotation mark and the backslash. */
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+");

  private TokenScopes() {}

  /** Whether each is spelt as a scope can be. */
  public static boolean areValid(Collection<String> scopes) {
    return scopes.stream().allMatch(scope -> SCOPE.matcher(scope).matches());
  }

  /** All of them as one claim, a space between (RFC 8693, section 4.2). */
  static String claim(Collection<String> scopes) {
    return String.join(" ", new LinkedHashSet<>(scopes));
  }

  static Set<String> ofClaim(String claim) {
    return claim.isEmpty() ? Set.of() : Set.of(claim.split(" "));
  }
}
