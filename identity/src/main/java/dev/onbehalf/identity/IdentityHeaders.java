package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.pool.Secret;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The names of the two request headers in which the identity proxy forwards who the person is.
 *
 * <pre>{@code
 * ForwardedIdentity identity =
 *     IdentityHeaders.STANDARD.read(name -> Collections.list(request.getHeaders(name)));
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param address the header that holds the person's address
 * @param accessToken the header that holds the person's OAuth access token
 */
public record IdentityHeaders(String address, String accessToken) {
  /** What Databricks Apps forwards, and oauth2-proxy by default. */
  public static final IdentityHeaders STANDARD =
      new IdentityHeaders("X-Forwarded-Email", "X-Forwarded-Access-Token");

  /**
   * Reads the identity out of a request. Each header must be there exactly once: with two values,
   * the proxy and the application could each believe another one.
   *
   * <p>An address beyond ASCII is UTF-8 (RFC 9110, 5.5, leaves that to whoever reads the header). A
   * value has a character for each of its bytes, as Servlet containers hand it on, and nothing
   * else: if some decoded it already, one value could be two people's.
   *
   * @param values all values that the request has for a header's name, none when it is absent; each
   *     byte a character (ISO-8859-1)
   * @throws IdentityException {@link Reason#MISSING} when both headers are absent, {@link
   *     Reason#MALFORMED} when one is absent, repeated or breaks its rule; the message names it
   */
  public ForwardedIdentity read(Function<String, List<String>> values) {
    return read(values, null);
  }

  /**
   * As {@link #read(Function)}.
   *
   * @param forwardedBy the other end of the request's connection; null where nobody asks
   */
  public ForwardedIdentity read(
      Function<String, List<String>> values, @Nullable InetAddress forwardedBy) {
    List<String> addresses = values.apply(address);
    List<String> tokens = values.apply(accessToken);
    if (addresses.isEmpty() && tokens.isEmpty()) {
      throw new IdentityException(
          Reason.MISSING,
          "The request carries no identity: the headers %s and %s are absent. Sign in through the proxy."
              .formatted(address, accessToken));
    }
    if (tokens.isEmpty()) {
      throw alone(
          address,
          accessToken,
          "access token",
          "On Databricks Apps, enable user authorization in the app and add the scope postgres to it",
          "--pass-access-token");
    }
    if (addresses.isEmpty()) {
      throw alone(
          accessToken,
          address,
          "address",
          "On Databricks Apps it always does: is this request the proxy's",
          "--pass-user-headers");
    }
    String forwardedAddress = decoded(address, single(address, addresses));
    String forwardedToken = single(accessToken, tokens);
    try {
      return new ForwardedIdentity(forwardedAddress, Secret.of(forwardedToken), forwardedBy);
    } catch (IdentityException | IllegalArgumentException e) {
      // The checks once more, now to name the header; for the good ones once is enough.
      ForwardedIdentity.checkAddress("The header " + address, forwardedAddress);
      ForwardedIdentity.checkToken("The header " + accessToken, forwardedToken);
      throw e;
    }
  }

  private static IdentityException alone(
      String there, String absent, String what, String onDatabricks, String option) {
    return new IdentityException(
        Reason.MALFORMED,
        "The header %s is there and %s is not: the proxy passes no %s on. %s; with another proxy, let it pass the %s on (oauth2-proxy: %s)."
            .formatted(there, absent, what, onDatabricks, what, option));
  }

  /** The value itself, as a rule: every address in ASCII. */
  private static String decoded(String header, String value) {
    int i = 0;
    while (i < value.length() && value.charAt(i) < 0x80) {
      i++;
    }
    if (i == value.length()) {
      return value;
    }
    try {
      // Both are strict, unlike a String's own: what is no byte, or no UTF-8, is an error.
      ByteBuffer bytes = ISO_8859_1.newEncoder().encode(CharBuffer.wrap(value));
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw ForwardedIdentity.malformed("The header " + header, "is not in UTF-8");
    }
  }

  private static String single(String header, List<String> values) {
    if (values.size() != 1) {
      throw ForwardedIdentity.malformed(
          "The header " + header,
          "must be there exactly once, and is there %s times",
          values.size());
    }
    return values.get(0);
  }
}
