package dev.onbehalf.servlet;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.pool.Secret;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The identity headers of a request, of which nobody else sees the access token: the request that
 * filters, handlers and libraries get has no such header. Who needs the token, to call something
 * else on behalf of the person, asks here.
 *
 * <pre>{@code
 * ForwardedHeaders headers = ForwardedHeaders.of(request).orElseThrow();
 * Secret token = headers.identity().accessToken();   // proved, unless the path is exempt
 * call(uri, "Bearer " + token.reveal());
 * }</pre>
 *
 * <p>Immutable and thread-safe, and good after its request has ended; {@code toString} prints no
 * token.
 */
public final class ForwardedHeaders {
  private final IdentityHeaders names;
  private final List<String> addresses;
  private final List<String> accessTokens;
  private final @Nullable InetAddress sender;

  private ForwardedHeaders(
      IdentityHeaders names,
      List<String> addresses,
      List<String> accessTokens,
      @Nullable InetAddress sender) {
    this.names = names;
    this.addresses = addresses;
    this.accessTokens = accessTokens;
    this.sender = sender;
  }

  /**
   * What came with {@code request}, by the filter nearest to whoever asks; empty where our filters
   * are not at work.
   */
  public static Optional<ForwardedHeaders> of(ServletRequest request) {
    return Optional.ofNullable(concealedIn(request, null));
  }

  /** What came in headers of these names. */
  static Optional<ForwardedHeaders> of(ServletRequest request, IdentityHeaders names) {
    return Optional.ofNullable(concealedIn(request, names));
  }

  /**
   * The request as everybody else is to see it.
   *
   * <p>A filter that plays the proxy, as in development, changes the headers once they have been
   * taken. What it shows then counts, and a token from before belongs to an address from before.
   */
  static HttpServletRequest conceal(HttpServletRequest request, IdentityHeaders names) {
    if (request instanceof ConcealedTokenRequest outermost
        && outermost.forwarded().names.equals(names)) {
      return request; // and nobody has put anything around it since
    }
    List<String> addresses = values(request, names.address());
    List<String> tokens = values(request, names.accessToken());
    ForwardedHeaders known = concealedIn(request, names);
    if (known != null && tokens.isEmpty() && known.addresses.equals(addresses)) {
      return request;
    }
    return new ConcealedTokenRequest(
        request, new ForwardedHeaders(names, addresses, tokens, Sender.of(request)));
  }

  /** Without a list for the one value that there is as a rule. */
  private static List<String> values(HttpServletRequest request, String header) {
    Enumeration<String> values = request.getHeaders(header);
    if (!values.hasMoreElements()) {
      return List.of();
    }
    String first = values.nextElement();
    return values.hasMoreElements() ? Collections.list(request.getHeaders(header)) : List.of(first);
  }

  private static @Nullable ForwardedHeaders concealedIn(
      ServletRequest request, @Nullable IdentityHeaders names) {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      if (inner instanceof ConcealedTokenRequest concealed
          && (names == null || concealed.forwarded().names.equals(names))) {
        return concealed.forwarded();
      }
      inner = wrapper.getRequest();
    }
    return null;
  }

  /** The header that nobody else sees. */
  String concealed() {
    return names.accessToken();
  }

  /** All values of the header with the address, in their order. */
  public List<String> addresses() {
    return addresses;
  }

  /** All values of the header with the access token, in their order, without empty ones. */
  public List<Secret> accessTokens() {
    return accessTokens.stream().filter(token -> !token.isEmpty()).map(Secret::of).toList();
  }

  /**
   * The identity that the headers name. A request that was not refused has proved it, unless its
   * path is exempt.
   *
   * @throws IdentityException as {@link IdentityHeaders#read} says, when they name none
   */
  public ForwardedIdentity identity() {
    return names.read(name -> name.equals(names.address()) ? addresses : accessTokens, sender);
  }

  @Override
  public String toString() {
    return "ForwardedHeaders[%s: %s, %s: %s hidden]"
        .formatted(names.address(), addresses, names.accessToken(), accessTokens.size());
  }
}
