package dev.onbehalf.playground.local;

import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.lakebaselocal.proxy.LocalSignIn;
import dev.onbehalf.lakebaselocal.proxy.Reply;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Does what the identity proxy in front of the application does: signs people in and out, lets
 * pages of other sites change nothing, drops every {@code X-Forwarded-*} header that the client
 * sent, and both identity headers, and adds the signed-in person's own.
 */
final class LocalProxy extends OncePerRequestFilter {
  private final LocalSignIn signIn;
  private final IdentityHeaders headers;

  LocalProxy(LocalSignIn signIn, IdentityHeaders headers) {
    this.signIn = signIn;
    this.headers = headers;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    ServletVisit visit = new ServletVisit(request);
    Optional<Reply> reply =
        signIn.answer(visit).or(() -> LocalSignIn.refuseAnotherSite(visit)); // on any path
    if (reply.isPresent()) {
      send(reply.get(), response);
      return;
    }
    Map<String, String> added = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    signIn
        .signedIn(visit)
        .ifPresent(
            who -> {
              added.put(headers.address(), asServersHandOn(who.email()));
              added.put(headers.accessToken(), who.accessToken());
            });
    chain.doFilter(new Forwarded(request, headers, added), response);
  }

  private static void send(Reply reply, HttpServletResponse response) throws IOException {
    response.setStatus(reply.status());
    reply.headers().forEach(response::setHeader);
    response.getOutputStream().write(reply.body().getBytes(StandardCharsets.UTF_8));
  }

  /** A proxy sends UTF-8, of which the server makes a character for each byte. */
  private static String asServersHandOn(String value) {
    return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static final class Forwarded extends HttpServletRequestWrapper {
    private final IdentityHeaders headers;
    private final Map<String, String> added;

    Forwarded(HttpServletRequest request, IdentityHeaders headers, Map<String, String> added) {
      super(request);
      this.headers = headers;
      this.added = added;
    }

    @Override
    public @Nullable String getHeader(String name) {
      return dropped(name) ? added.get(name) : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      if (!dropped(name)) {
        return super.getHeaders(name);
      }
      String value = added.get(name);
      return Collections.enumeration(value == null ? List.of() : List.of(value));
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      Stream<String> sent =
          Collections.list(super.getHeaderNames()).stream().filter(name -> !dropped(name));
      return Collections.enumeration(Stream.concat(sent, added.keySet().stream()).toList());
    }

    private boolean dropped(String name) {
      return name.toLowerCase(Locale.ROOT).startsWith("x-forwarded-")
          || name.equalsIgnoreCase(headers.address())
          || name.equalsIgnoreCase(headers.accessToken());
    }
  }
}
