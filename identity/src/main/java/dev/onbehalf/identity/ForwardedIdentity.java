package dev.onbehalf.identity;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.internal.InvisibleCharacter;
import dev.onbehalf.pool.Secret;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who a request says it comes from: the address and the access token that the identity proxy put
 * into the request's headers ({@link IdentityHeaders}). It proves nothing yet; {@link
 * OnBehalfDatabase#asUser} asks for the proof.
 *
 * <pre>{@code
 * ForwardedIdentity identity = IdentityHeaders.STANDARD.read(name -> list(request.getHeaders(name)));
 * DataSource alice = database.asUser(identity);
 * }</pre>
 *
 * <p>Nothing is trimmed or normalised: what does not fit the rules is refused, because a value that
 * two programs read differently is how one person becomes another. Immutable and thread-safe.
 *
 * @param address 1 to 63 bytes of UTF-8 without white space, commas, control or invisible
 *     characters. PostgreSQL would cut a longer role name, and two people could become one
 *     (PostgreSQL manual, 4.1.1, "Identifiers and Key Words")
 * @param accessToken the token, 1 to 16,384 visible ASCII characters without comma (RFC 6750, 2.1)
 * @param forwardedBy the other end of the request's connection, which {@link TrustedProxyVerifier}
 *     looks at; null where nobody asks
 */
public record ForwardedIdentity(
    String address, Secret accessToken, @Nullable InetAddress forwardedBy) {
  private static final int MAX_ADDRESS_BYTES = 63;
  private static final int MAX_TOKEN_LENGTH = 16 * 1024;

  /**
   * @throws IdentityException with {@link Reason#MALFORMED} when either value breaks its rule
   */
  public ForwardedIdentity {
    checkAddress("The address", address);
    checkToken("The access token", accessToken.reveal());
  }

  /** An identity of which it does not matter who forwarded it. */
  public ForwardedIdentity(String address, Secret accessToken) {
    this(address, accessToken, null);
  }

  /** The same identity, forwarded by the given peer. */
  public ForwardedIdentity forwardedBy(InetAddress peer) {
    return new ForwardedIdentity(address, accessToken, peer);
  }

  static void checkAddress(String what, String address) {
    if (address.isEmpty()) {
      throw malformed(what, "is empty");
    }
    if (address.length() <= MAX_ADDRESS_BYTES && VisibleAscii.is(address)) {
      return;
    }
    if (address.codePoints().anyMatch(ForwardedIdentity::forbiddenInAddress)) {
      throw malformed(what, "has white space, a comma, or a control or invisible character");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(address)) {
      throw malformed(what, "is not valid Unicode");
    }
    int bytes = address.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_ADDRESS_BYTES) {
      throw malformed(
          what, "has %s bytes; a PostgreSQL role name has %s at most", bytes, MAX_ADDRESS_BYTES);
    }
  }

  private static boolean forbiddenInAddress(int c) {
    return c == ','
        || Character.isISOControl(c)
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || InvisibleCharacter.is(c);
  }

  static void checkToken(String what, String token) {
    if (token.isEmpty() || token.length() > MAX_TOKEN_LENGTH) {
      throw malformed(
          what, "has %s characters, allowed are 1 to %s", token.length(), MAX_TOKEN_LENGTH);
    }
    if (!VisibleAscii.is(token)) {
      throw malformed(what, "has a character that no bearer token has (RFC 6750, 2.1)");
    }
  }

  static IdentityException malformed(String what, String rule, Object... arguments) {
    return new IdentityException(
        Reason.MALFORMED, what + " " + String.format(Locale.ROOT, rule, arguments) + ".");
  }
}
