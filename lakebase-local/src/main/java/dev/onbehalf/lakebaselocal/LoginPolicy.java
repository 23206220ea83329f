package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.gateway.Doorkeeper;
import dev.onbehalf.lakebaselocal.internal.gateway.LoginRefusedException;
import dev.onbehalf.lakebaselocal.internal.token.RefusedTokenException;
import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenKind;
import dev.onbehalf.lakebaselocal.internal.workspace.Directory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Who may log in: a role with its password, if it is one that has a password, and else with a live
 * token of the identity that is spelt like the role: a database credential, or what else is taken;
 * or with what somebody else's check takes. The instance itself logs in with a password of its own,
 * whatever faults are ordered.
 */
final class LoginPolicy implements Doorkeeper {
  private final TokenAuthority tokens;
  private final Set<TokenKind> kinds;
  private final Directory directory;
  private final BiPredicate<String, String> others;
  private final Map<String, String> passwords;
  private final String ownPassword;
  private final OrderedFaults faults;

  LoginPolicy(
      TokenAuthority tokens,
      Set<TokenKind> kinds,
      Directory directory,
      BiPredicate<String, String> others,
      Map<String, String> passwords,
      String ownPassword,
      OrderedFaults faults) {
    this.tokens = tokens;
    this.kinds = kinds;
    this.directory = directory;
    this.others = others;
    this.passwords = Map.copyOf(passwords);
    this.ownPassword = ownPassword;
    this.faults = faults;
  }

  @Override
  public void admit(String role, String password)
      throws LoginRefusedException, InterruptedException {
    if (same(ownPassword, password)) {
      return;
    }
    faults.beforeLogin();
    String expected = passwords.get(role);
    if (expected == null ? !isCredentialOf(role, password) : !same(expected, password)) {
      throw LoginRefusedException.wrongPassword(role);
    }
  }

  private boolean isCredentialOf(String role, String password) {
    return !faults.refusesDatabaseCredentials()
        && ((directory.knows(role)
                && kinds.stream().anyMatch(kind -> isTokenOf(role, kind, password)))
            || others.test(role, password));
  }

  private boolean isTokenOf(String role, TokenKind kind, String token) {
    try {
      return tokens.verify(kind, token).identity().equals(role);
    } catch (RefusedTokenException e) {
      return false;
    }
  }

  /** Compares without telling by its time how much was right. */
  private static boolean same(String expected, String actual) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
  }
}
