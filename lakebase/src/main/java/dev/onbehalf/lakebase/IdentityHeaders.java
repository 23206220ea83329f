package dev.onbehalf.lakebase;

import dev.onbehalf.lakebase.IdentityException.Reason;
import dev.onbehalf.pool.Secret;
import java.net.InetAddress;
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
   * @param values all values that the request has for a header's name, none when it is absent
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
    String forwardedAddress = single(address, addresses);
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
