package dev.onbehalf.servlet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.identity.RoleNames;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** An application with two databases, and a filter for each: whose roles and headers differ. */
class TwoFiltersTest {
  private static final IdentityHeaders OTHER =
      new IdentityHeaders("X-Other-Email", "X-Other-Token");

  private final OnBehalfDatabase one = database(RoleNames.ofAddress());
  private final OnBehalfDatabase another =
      database(RoleNames.ofAddress().withoutDomain("example.com"));
  private final OnBehalfFilter first = OnBehalfFilter.of(one).build();
  private final OnBehalfFilter second = OnBehalfFilter.of(another).headers(OTHER).build();

  private final OnBehalfFilter open =
      OnBehalfFilter.of(one).exemptPaths(ExemptPaths.of(List.of("/b/*", "/open/*"))).build();
  private final OnBehalfFilter openToo =
      OnBehalfFilter.of(another)
          .headers(OTHER)
          .exemptPaths(ExemptPaths.of(List.of("/a/*", "/open/*")))
          .build();

  /** No login is made: the names are what this is about. */
  private static OnBehalfDatabase database(RoleNames names) {
    return OnBehalfDatabase.of(
        DatabaseSettings.builder()
            .environment(Map.of("PGHOST", "localhost", "PGDATABASE", "shop", "PGUSER", "owner"))
            .roleNames(names)
            .build(),
        Platform.of(
            it -> new Proof(it.address(), Instant.MAX),
            (user, token) -> new DatabaseCredential(Secret.of("x"), Instant.MAX),
            () -> new DatabaseCredential(Secret.of("x"), Instant.MAX)));
  }

  @AfterEach
  void close() {
    one.close();
    another.close();
  }

  private static MockHttpServletRequest request() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/orders");
    request.addHeader("X-Forwarded-Email", "alice@example.com");
    request.addHeader("X-Forwarded-Access-Token", "token-of-alice");
    request.addHeader("X-Other-Email", "bob@example.com");
    request.addHeader("X-Other-Token", "token-of-bob");
    return request;
  }

  private HttpServletRequest served(HttpServletRequest request, FilterChain work)
      throws ServletException, IOException {
    return served(first, second, request, work);
  }

  private static HttpServletRequest served(
      OnBehalfFilter first, OnBehalfFilter second, HttpServletRequest request, FilterChain work)
      throws ServletException, IOException {
    HttpServletRequest[] seen = new HttpServletRequest[1];
    MockHttpServletResponse response = new MockHttpServletResponse();
    first.doFilter(
        request,
        response,
        (outer, answer) ->
            second.doFilter(
                outer,
                answer,
                (inner, last) -> {
                  seen[0] = (HttpServletRequest) inner;
                  work.doFilter(inner, last);
                }));
    assertThat(response.getStatus()).isEqualTo(200);
    return requireNonNull(seen[0]);
  }

  @Test
  void eachProvesItsOwnPersonAndHidesItsOwnToken() throws ServletException, IOException {
    HttpServletRequest seen = served(request(), (request, response) -> {});
    assertThat(first.personOf(seen)).map(UserPool::user).contains("alice@example.com");
    assertThat(second.personOf(seen)).map(UserPool::user).contains("bob");
    for (String header : List.of("X-Forwarded-Access-Token", "X-Other-Token")) {
      assertThat(seen.getHeader(header)).isNull();
      assertThat(seen.getHeaders(header).hasMoreElements()).isFalse();
    }
  }

  @Test
  void theSessionStaysThroughBoth() throws ServletException, IOException {
    MockHttpServletRequest request = request();
    served(
        request,
        (inner, response) -> {
          HttpSession session = ((HttpServletRequest) inner).getSession();
          session.setAttribute("cart", "apple");
          HttpSession again = ((HttpServletRequest) inner).getSession(false);
          assertThat(again).isNotNull();
          assertThat(again.getAttribute("cart")).isEqualTo("apple");
        });
  }

  /** As a bean of the session's scope that saves what it holds. */
  @Test
  void whatIsToldOfTheEndOfAnothersSessionWorksForNobody() throws ServletException, IOException {
    AtomicReference<@Nullable UserPool> bound = new AtomicReference<>();
    OnBehalfFilter filter =
        OnBehalfFilter.of(one)
            .binding(
                person -> {
                  UserPool former = bound.getAndSet(person);
                  return () -> bound.set(former);
                })
            .build();
    List<Optional<UserPool>> told = new ArrayList<>();
    HttpSession bobs =
        filled(filter, second, request("/cart", "bob@example.com", "bob@example.com"));
    bobs.setAttribute(
        "draft",
        new HttpSessionBindingListener() {
          @Override
          public void valueUnbound(HttpSessionBindingEvent event) {
            told.add(Optional.ofNullable(bound.get()));
          }
        });
    served(
        filter,
        second,
        with(bobs, request("/cart", "alice@example.com", "alice@example.com")),
        (inner, response) -> {
          fill((HttpServletRequest) inner);
          assertThat(requireNonNull(bound.get()).user()).isEqualTo("alice@example.com");
        });
    assertThat(told).containsExactly(Optional.empty());
  }

  private static MockHttpServletRequest request(String path, String user, String other) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
    request.setServletPath(path);
    request.addHeader("X-Forwarded-Email", user);
    request.addHeader("X-Forwarded-Access-Token", "token-of-" + user);
    request.addHeader("X-Other-Email", other);
    request.addHeader("X-Other-Token", "token-of-" + other);
    return request;
  }

  private static HttpSession filled(
      OnBehalfFilter first, OnBehalfFilter second, MockHttpServletRequest request)
      throws ServletException, IOException {
    served(first, second, request, (inner, response) -> fill((HttpServletRequest) inner));
    return requireNonNull(request.getSession(false));
  }

  private static void fill(HttpServletRequest request) {
    request.getSession().setAttribute("cart", "of " + request.getHeader("X-Forwarded-Email"));
  }

  private static @Nullable Object cart(
      OnBehalfFilter first, OnBehalfFilter second, MockHttpServletRequest request)
      throws ServletException, IOException {
    return cart(served(first, second, request, (inner, response) -> {}));
  }

  private static MockHttpServletRequest with(HttpSession session, MockHttpServletRequest request) {
    request.setSession(session);
    return request;
  }

  @Test
  void whoIsNobodysForOneIsTheOthersPersonAllTheSame() throws ServletException, IOException {
    for (String path : List.of("/a/cart", "/b/cart", "/cart")) {
      MockHttpServletRequest alices = request(path, "alice@example.com", "alice@example.com");
      HttpSession session = filled(open, openToo, alices);
      assertThat(
              cart(
                  open,
                  openToo,
                  with(session, request(path, "alice@example.com", "alice@example.com"))))
          .as(path)
          .isEqualTo("of alice@example.com");
      for (String others : List.of("/a/cart", "/b/cart", "/cart", "/open/cart")) {
        assertThat(
                cart(
                    open,
                    openToo,
                    with(session, request(others, "bob@example.com", "bob@example.com"))))
            .as("%s to %s", path, others)
            .isNull();
      }
    }
  }

  @Test
  void aSessionOfTheFirstsPersonBecomesTheSecondsPersonsAndNobodyElses()
      throws ServletException, IOException {
    OnBehalfFilter b =
        OnBehalfFilter.of(another)
            .headers(OTHER)
            .exemptPaths(ExemptPaths.of(List.of("/a/*")))
            .build();
    HttpSession session = filled(first, b, request("/a/cart", "alice@example.com", "bob"));
    for (String path : List.of("/a/cart", "/cart", "/a/cart")) {
      assertThat(cart(first, b, with(session, request(path, "alice@example.com", "b@example.com"))))
          .as(path)
          .isEqualTo("of alice@example.com");
    }
    assertThat(
            cart(first, b, with(session, request("/cart", "alice@example.com", "c@example.com"))))
        .isNull();
  }

  @Test
  void aSessionOfTwoPeopleIsMetByThoseTwoTogether() throws ServletException, IOException {
    OnBehalfFilter b = OnBehalfFilter.of(one).headers(OTHER).build();
    HttpSession session =
        filled(first, b, request("/cart", "alice@example.com", "bob@example.com"));
    for (String other : List.of("alice@example.com", "carol@example.com")) {
      assertThat(cart(first, b, with(session, request("/cart", "alice@example.com", other))))
          .as(other)
          .isNull();
      assertThat(cart(first, b, with(session, request("/cart", other, "bob@example.com"))))
          .as(other)
          .isEqualTo(other.startsWith("alice") ? "of alice@example.com" : null);
    }
  }

  @Test
  void aThirdFilterOfTheSameHeadersTakesWhatTheFirstTook() throws ServletException, IOException {
    OnBehalfFilter third = OnBehalfFilter.of(another).build();
    HttpServletRequest[] seen = new HttpServletRequest[1];
    first.doFilter(
        request(),
        new MockHttpServletResponse(),
        (outer, answer) ->
            third.doFilter(outer, answer, (inner, last) -> seen[0] = (HttpServletRequest) inner));
    assertThat(third.personOf(requireNonNull(seen[0]))).map(UserPool::user).contains("alice");
  }

  /** As Spring Session's: its sessions are not the server's, and each dispatch wraps anew. */
  private static final class Stored extends HttpServletRequestWrapper {
    private final HttpServletRequest store;

    Stored(HttpServletRequest request, HttpServletRequest store) {
      super(request);
      this.store = store;
    }

    @Override
    public HttpSession getSession() {
      return requireNonNull(store.getSession());
    }

    @Override
    public @Nullable HttpSession getSession(boolean create) {
      return store.getSession(create);
    }
  }

  private static @Nullable Object cart(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    return session == null ? null : session.getAttribute("cart");
  }

  @Test
  void aLaterDispatchMeetsTheSameSessionsWhoeverWrapsItAnew() throws ServletException, IOException {
    for (String path : List.of("/a/cart", "/b/cart", "/cart")) {
      MockHttpServletRequest store = new MockHttpServletRequest();
      HttpServletRequest alices =
          dispatchedAgain(store, request(path, "alice@example.com", "alice@example.com"));
      fill(alices);
      for (int dispatches = 0; dispatches < 2; dispatches++) {
        assertThat(cart(alices)).as(path).isEqualTo("of alice@example.com");
        alices = dispatchedAgain(store, alices);
      }
      for (String others : List.of("/a/cart", "/b/cart", "/cart", "/open/cart")) {
        HttpServletRequest bobs =
            dispatchedAgain(store, request(others, "bob@example.com", "bob@example.com"));
        for (int dispatches = 0; dispatches < 2; dispatches++) {
          assertThat(cart(bobs)).as("%s to %s", path, others).isNull();
          bobs = dispatchedAgain(store, bobs);
        }
      }
    }
  }

  private HttpServletRequest dispatchedAgain(
      MockHttpServletRequest store, HttpServletRequest request)
      throws ServletException, IOException {
    HttpServletRequest seen =
        served(open, openToo, new Stored(request, store), (inner, response) -> {});
    HttpServletRequest server = seen;
    while (server instanceof HttpServletRequestWrapper wrapper) {
      server = (HttpServletRequest) wrapper.getRequest();
    }
    ((MockHttpServletRequest) server).setDispatcherType(DispatcherType.ASYNC);
    return seen;
  }

  @Test
  void sessionsThatAreMadeBehindBothAreTheirsInWhicheverOrder()
      throws ServletException, IOException {
    for (List<Filter> sessions :
        List.of(
            List.of(open.sessions(), openToo.sessions()),
            List.of(openToo.sessions(), open.sessions()))) {
      for (String path : List.of("/a/cart", "/b/cart", "/cart")) {
        MockHttpServletRequest store = new MockHttpServletRequest();
        MockHttpServletRequest alices = request(path, "alice@example.com", "alice@example.com");
        behind(sessions, store, alices, TwoFiltersTest::fill);
        behind(
            sessions,
            store,
            request(path, "alice@example.com", "alice@example.com"),
            seen -> assertThat(cart(seen)).as(path).isEqualTo("of alice@example.com"));
        for (String others : List.of("/a/cart", "/b/cart", "/cart", "/open/cart")) {
          behind(
              sessions,
              store,
              request(others, "bob@example.com", "bob@example.com"),
              seen -> assertThat(cart(seen)).as("%s to %s", path, others).isNull());
        }
      }
    }
  }

  private void behind(
      List<Filter> sessions,
      MockHttpServletRequest store,
      HttpServletRequest request,
      Consumer<HttpServletRequest> work)
      throws ServletException, IOException {
    served(
        open,
        openToo,
        request,
        (inner, response) ->
            sessions
                .get(0)
                .doFilter(
                    new Stored((HttpServletRequest) inner, store),
                    response,
                    (once, same) ->
                        sessions
                            .get(1)
                            .doFilter(
                                once,
                                same,
                                (twice, last) -> work.accept((HttpServletRequest) twice))));
  }

  @Test
  void beforeTheDoorAFilterForSessionsDoesNothing() throws ServletException, IOException {
    MockHttpServletRequest request = request();
    HttpServletRequest[] seen = new HttpServletRequest[1];
    first
        .sessions()
        .doFilter(
            request,
            new MockHttpServletResponse(),
            (same, response) -> seen[0] = (HttpServletRequest) same);
    assertThat(seen[0]).isSameAs(request);
  }

  /** As containers that show an error page while the filters are at work still. */
  @Test
  void theServersOwnRequestIsNotShownToWhomItIsHandedAgain() throws ServletException, IOException {
    MockHttpServletRequest request = request();
    requireNonNull(request.getSession()).setAttribute("cart", "anybody's");
    served(
        request,
        (inner, response) ->
            first.doFilter(
                request,
                response,
                (again, last) -> {
                  HttpServletRequest seen = (HttpServletRequest) again;
                  assertThat(cart(seen)).isNull();
                  assertThat(seen.getHeader("X-Forwarded-Access-Token")).isNull();
                }));
  }

  @Test
  void oneDoesNotShowWhatWasTakenForTheOther() throws ServletException, IOException {
    HttpServletRequest[] seen = new HttpServletRequest[1];
    TokenConcealmentFilter one = new TokenConcealmentFilter(IdentityHeaders.STANDARD);
    TokenConcealmentFilter other = new TokenConcealmentFilter(OTHER);
    MockHttpServletResponse response = new MockHttpServletResponse();
    FilterChain door =
        (twice, same) ->
            first.doFilter(twice, same, (inner, last) -> seen[0] = (HttpServletRequest) inner);
    one.doFilter(request(), response, (once, same) -> other.doFilter(once, same, door));
    assertThat(requireNonNull(seen[0]).getHeader("X-Other-Token")).isNull();
  }
}
