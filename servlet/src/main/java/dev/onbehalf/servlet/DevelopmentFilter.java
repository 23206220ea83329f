package dev.onbehalf.servlet;

import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.pool.Secret;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the proxy on a developer's machine: a request of their own browser that brings no identity
 * gets theirs, an address and a token that is found on the machine. It proves nothing: that is done
 * with it as with what any proxy forwards, so a token of somebody else is refused.
 *
 * <p>Only what comes from this machine, under this machine's name, directly, and not at another
 * site's instigation, is the developer's: not what a tunnel or a proxy passes on ({@code
 * X-Forwarded-For}), what a page elsewhere makes the browser send ({@code Origin}, {@code
 * Sec-Fetch-Site}), or what comes by another name (DNS rebinding). All other requests stay as they
 * are. Whether this is a developer's machine is for whoever adds it to know; the starter looks, and
 * does not start with it elsewhere. Thread-safe.
 *
 * <pre>{@code
 * DevelopmentToken token = () -> Secret.of(System.getenv("MY_TOKEN"));
 * new DevelopmentFilter("me@example.com", token, IdentityHeaders.STANDARD, problems); // the first
 * }</pre>
 */
public final class DevelopmentFilter implements Filter {
  private static final Logger log = LoggerFactory.getLogger(DevelopmentFilter.class);

  private static final Pattern THIS_MACHINE =
      Pattern.compile(
          "localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[?(::1|0:0:0:0:0:0:0:1)]?",
          Pattern.CASE_INSENSITIVE);

  private static final List<String> PASSED_ON =
      List.of("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Via");

  /** As a server hands a header's bytes on: one character each. */
  private final String user;

  private final DevelopmentToken signIn;
  private final IdentityHeaders headers;
  private final ProblemWriter problems;

  /**
   * @param user the developer's address
   */
  public DevelopmentFilter(
      String user, DevelopmentToken signIn, IdentityHeaders headers, ProblemWriter problems) {
    this.user = new String(user.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    this.signIn = signIn;
    this.headers = headers;
    this.problems = problems;
    log.warn(
        "Requests from this machine that bring no identity are taken for {}"
            + " (onbehalf.development.user). For development only",
        user);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getDispatcherType() != DispatcherType.REQUEST
        || !(request instanceof HttpServletRequest http)
        || bringsIdentity(http)
        || !isDevelopers(http)) {
      chain.doFilter(request, response);
      return;
    }
    Secret token;
    try {
      token = signIn.accessToken();
    } catch (IdentityException e) {
      problems.refuse(e, http, (HttpServletResponse) response);
      return;
    }
    chain.doFilter(ForwardedHeaders.conceal(new Signed(http, token), headers), response);
  }

  /** Whatever it is worth: who sends one means it. The token was taken out of sight already. */
  private boolean bringsIdentity(HttpServletRequest request) {
    boolean token =
        ForwardedHeaders.of(request).map(it -> !it.accessTokens().isEmpty()).orElse(false);
    return token
        || request.getHeader(headers.address()) != null
        || request.getHeader(headers.accessToken()) != null;
  }

  /** As the server has it: a filter may have taken headers away. */
  private static boolean isDevelopers(HttpServletRequest wrapped) {
    if (!(Sender.servers(wrapped) instanceof HttpServletRequest request)) {
      return false;
    }
    InetAddress sender = Sender.of(request);
    return sender != null
        && sender.isLoopbackAddress()
        && isThisMachine(request.getServerName())
        && PASSED_ON.stream().allMatch(name -> request.getHeader(name) == null)
        && !"cross-site".equalsIgnoreCase(request.getHeader("Sec-Fetch-Site"))
        && isThisMachines(request.getHeader("Origin"));
  }

  private static boolean isThisMachine(@Nullable String host) {
    return host != null && THIS_MACHINE.matcher(host).matches();
  }

  /** {@code null} in letters is the origin of what has none, such as a sandboxed frame. */
  private static boolean isThisMachines(@Nullable String origin) {
    if (origin == null) {
      return true;
    }
    try {
      return isThisMachine(URI.create(origin).getHost());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private final class Signed extends HttpServletRequestWrapper {
    private final Secret token;

    Signed(HttpServletRequest request, Secret token) {
      super(request);
      this.token = token;
    }

    private @Nullable String own(String name) {
      if (name.equalsIgnoreCase(headers.address())) {
        return user;
      }
      return name.equalsIgnoreCase(headers.accessToken()) ? token.reveal() : null;
    }

    @Override
    public @Nullable String getHeader(String name) {
      String own = own(name);
      return own == null ? super.getHeader(name) : own;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      String own = own(name);
      return own == null ? super.getHeaders(name) : Collections.enumeration(List.of(own));
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      Set<String> names = new LinkedHashSet<>(Collections.list(super.getHeaderNames()));
      names.add(headers.address());
      names.add(headers.accessToken());
      return Collections.enumeration(names);
    }
  }
}
