package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.token;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Each place in which a container calls an application, over few threads of the server's: the
 * person is bound where it is for their request, and nobody where it isn't.
 */
class EveryWayOfServletsTest {
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();
  private static @Nullable OnBehalf onBehalf;
  private static TestApplication application;

  private static void see(String where) {
    OnBehalf known = onBehalf;
    SEEN.add(where + " " + (known == null ? "" : known.currentUser().orElse("nobody")));
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application implements WebMvcConfigurer {
    @Bean
    Endpoints endpoints(JdbcClient jdbc) {
      return new Endpoints(jdbc);
    }

    @Bean
    FilterRegistrationBean<Filter> first() {
      return filter("first", Ordered.HIGHEST_PRECEDENCE + 1);
    }

    @Bean
    FilterRegistrationBean<Filter> last() {
      return filter("last", Ordered.LOWEST_PRECEDENCE);
    }

    private static FilterRegistrationBean<Filter> filter(String name, int order) {
      FilterRegistrationBean<Filter> registration =
          new FilterRegistrationBean<>(
              new OncePerRequestFilter() {
                @Override
                protected boolean shouldNotFilterAsyncDispatch() {
                  return false;
                }

                @Override
                protected void doFilterInternal(
                    HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                  see(name);
                  chain.doFilter(request, response);
                  see(name + " after");
                }
              });
      registration.setOrder(order);
      registration.setName(name);
      return registration;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
      registry.addInterceptor(
          new HandlerInterceptor() {
            @Override
            public boolean preHandle(
                HttpServletRequest request, HttpServletResponse response, Object handler) {
              see("preHandle");
              return true;
            }

            @Override
            public void afterCompletion(
                HttpServletRequest request,
                HttpServletResponse response,
                Object handler,
                @Nullable Exception e) {
              see("afterCompletion");
            }
          });
    }

    @Bean
    ServletListenerRegistrationBean<ServletRequestListener> requests() {
      return new ServletListenerRegistrationBean<>(
          new ServletRequestListener() {
            @Override
            public void requestInitialized(ServletRequestEvent event) {
              see("requestInitialized");
            }

            @Override
            public void requestDestroyed(ServletRequestEvent event) {
              see("requestDestroyed");
            }
          });
    }

    @Bean
    ServletRegistrationBean<HttpServlet> reading() {
      ServletRegistrationBean<HttpServlet> registration =
          new ServletRegistrationBean<>(new Reading(), "/reading");
      registration.setAsyncSupported(true);
      return registration;
    }

    @Bean
    ServletListenerRegistrationBean<ServletContextListener> sockets() {
      return new ServletListenerRegistrationBean<>(
          new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
              try {
                requireNonNull(
                        (ServerContainer)
                            event
                                .getServletContext()
                                .getAttribute("jakarta.websocket.server.ServerContainer"))
                    .addEndpoint(
                        ServerEndpointConfig.Builder.create(Socket.class, "/socket")
                            .configurator(new Handshake())
                            .build());
              } catch (DeploymentException e) {
                throw new IllegalStateException(e);
              }
            }
          });
    }
  }

  private static final class Handshake extends ServerEndpointConfig.Configurator {
    @Override
    public void modifyHandshake(
        ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
      see("handshake");
      SEEN.add("token " + request.getHeaders().containsKey("X-Forwarded-Access-Token"));
    }
  }

  /** Each of its messages is told to all others, as in a chat. */
  public static final class Socket extends Endpoint {
    private static final List<Session> OPEN = new CopyOnWriteArrayList<>();

    @Override
    public void onOpen(Session session, EndpointConfig config) {
      see("onOpen");
      OPEN.add(session);
      session.addMessageHandler(
          new MessageHandler.Whole<String>() {
            @Override
            public void onMessage(String message) {
              see("onMessage");
            }
          });
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
      see("onClose");
      OPEN.remove(session);
    }
  }

  /** Reads without blocking, and answers from a thread of the container's. */
  private static final class Reading extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      see("doPost");
      AsyncContext async = request.startAsync();
      async.addListener(
          new AsyncListener() {
            @Override
            public void onComplete(AsyncEvent event) {
              see("onComplete");
            }

            @Override
            public void onTimeout(AsyncEvent event) {}

            @Override
            public void onError(AsyncEvent event) {}

            @Override
            public void onStartAsync(AsyncEvent event) {}
          });
      ServletInputStream in = request.getInputStream();
      in.setReadListener(
          new ReadListener() {
            @Override
            public void onDataAvailable() throws IOException {
              see("onDataAvailable");
              while (in.isReady() && in.read() >= 0) {
                // to its end
              }
            }

            @Override
            public void onAllDataRead() {
              see("onAllDataRead");
              async.start(
                  () -> {
                    see("started");
                    async.complete();
                  });
            }

            @Override
            public void onError(Throwable e) {}
          });
    }
  }

  @RestController
  static class Endpoints {
    private final JdbcClient jdbc;

    Endpoints(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    @GetMapping({"/who", "/open/who"})
    String who() {
      see("handler");
      return jdbc.sql("SELECT current_user").query(String.class).single();
    }

    @GetMapping("/forbidden")
    String forbidden() {
      return jdbc.sql("SELECT rolpassword FROM pg_authid").query(String.class).list().toString();
    }

    @PostMapping("/upload")
    String upload(@RequestParam MultipartFile file) throws IOException {
      return new String(file.getBytes(), java.nio.charset.StandardCharsets.UTF_8) + who();
    }

    @GetMapping("/fails")
    String fails() {
      throw new UnsupportedOperationException("on purpose");
    }

    @ExceptionHandler(UnsupportedOperationException.class)
    String handled() {
      return "handled for " + who();
    }

    @GetMapping({"/open/leads", "/leads"})
    void leads(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      boolean includes = request.getParameter("include") != null;
      String to = requireNonNull(request.getParameter("to"));
      if (includes) {
        response.getOutputStream().print(to.equals("/forbidden") ? "half of the answer" : "");
        request.getRequestDispatcher(to).include(request, response);
      } else {
        request.getRequestDispatcher(to).forward(request, response);
      }
    }

    @GetMapping({"/open/dispatches", "/dispatches"})
    void dispatches(HttpServletRequest request) {
      request.startAsync().dispatch("/who");
    }

    @GetMapping("/late")
    DeferredResult<String> late() {
      DeferredResult<String> result = new DeferredResult<>(50L);
      result.onTimeout(
          () -> {
            see("timeout");
            result.setResult("late");
          });
      result.onCompletion(() -> see("completion"));
      return result;
    }
  }

  @BeforeAll
  static void start() {
    application =
        new TestApplication(
            Application.class,
            "server.tomcat.threads.max=4", // one of them reads what comes in over HTTP/2
            "server.tomcat.threads.min-spare=4",
            "server.http2.enabled=true",
            "onbehalf.identity.exempt-paths=/open/**");
    onBehalf = application.bean(OnBehalf.class);
  }

  @AfterAll
  static void stop() {
    onBehalf = null;
    application.close();
  }

  /** Once the last request is over, which is after its answer. */
  @BeforeEach
  void forget() {
    await().until(() -> seen("requestInitialized nobody") == seen("requestDestroyed nobody"));
    SEEN.clear();
  }

  private static long seen(String what) {
    return SEEN.stream().filter(what::equals).count();
  }

  private static String body(String user, String path) {
    return application.send(application.as(user, path)).body();
  }

  private static void assertSeen(String... seen) {
    await().untilAsserted(() -> assertThat(SEEN).contains("requestDestroyed nobody"));
    assertThat(SEEN).containsExactly(seen);
    assertThat(SEEN.stream().filter(it -> it.startsWith("first")))
        .allMatch(it -> it.endsWith("nobody"));
  }

  @Test
  void filtersInterceptorsAndExceptionHandlers() {
    assertThat(body(ALICE, "/fails")).isEqualTo("handled for " + ALICE);
    assertSeen(
        "requestInitialized nobody",
        "first nobody",
        "last " + ALICE,
        "preHandle " + ALICE,
        "handler " + ALICE,
        "afterCompletion " + ALICE,
        "last after " + ALICE,
        "first after nobody",
        "requestDestroyed nobody");
  }

  @Test
  void anUpload() {
    String body =
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nof \r\n--x--\r\n";
    assertThat(
            application
                .send(
                    application
                        .as(BOB, "/upload")
                        .header("Content-Type", "multipart/form-data; boundary=x")
                        .POST(BodyPublishers.ofString(body)))
                .body())
        .isEqualTo("of " + BOB);
  }

  @Test
  void forwardsAndIncludes() {
    for (String include : List.of("", "&include")) {
      assertThat(body(ALICE, "/leads?to=/open/who" + include)).isEqualTo(ALICE);
      assertThat(body(ALICE, "/leads?to=/who" + include)).isEqualTo(ALICE);
      forget();
      assertThat(application.send(application.as(ALICE, "/open/leads?to=/who" + include)))
          .returns(500, HttpResponse::statusCode);
      assertThat(SEEN).contains("handler nobody");
    }
  }

  /** A part of a page has no status of its own: it would be said with 200, in its midst. */
  @Test
  void whatIsRefusedInAPartOfAPageIsTheWholePagesAnswer() {
    for (String accept : List.of("*/*", "text/html")) {
      HttpResponse<String> answer =
          application.send(
              application.as(ALICE, "/leads?to=/forbidden&include").header("Accept", accept));
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).contains("permission denied").doesNotContain("half of the answer");
    }
  }

  @Test
  void dispatches() {
    assertThat(body(ALICE, "/dispatches")).isEqualTo(ALICE);
    forget();
    assertThat(application.send(application.as(ALICE, "/open/dispatches")).statusCode())
        .isEqualTo(500);
    assertThat(SEEN).contains("handler nobody").noneMatch(it -> it.endsWith(ALICE));
    assertThat(body(BOB, "/late")).isEqualTo("late");
    await().untilAsserted(() -> assertThat(SEEN).contains("completion nobody"));
    assertThat(SEEN).contains("timeout nobody");
  }

  @Test
  void readingWithoutBlocking() {
    assertThat(
            application
                .send(application.as(BOB, "/reading").POST(BodyPublishers.ofString("x")))
                .statusCode())
        .isEqualTo(200);
    await().untilAsserted(() -> assertThat(SEEN).contains("onComplete nobody"));
    assertThat(SEEN)
        .contains("doPost " + BOB, "onDataAvailable nobody", "onAllDataRead nobody")
        .contains("started nobody");
  }

  @Test
  void aWebSocketIsNobodysAfterItsHandshake() throws Exception {
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .header("X-Forwarded-Email", ALICE)
            .header("X-Forwarded-Access-Token", token(ALICE))
            .buildAsync(
                URI.create("ws://127.0.0.1:" + application.port() + "/socket"),
                new WebSocket.Listener() {})
            .get();
    socket.sendText("hello", true).get();
    await().untilAsserted(() -> assertThat(SEEN).contains("onMessage nobody"));
    assertThat(body(BOB, "/who")).isEqualTo(BOB);
    socket.sendText("hello", true).get();
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get();
    await().untilAsserted(() -> assertThat(SEEN).contains("onClose nobody"));
    assertThat(SEEN).contains("handshake " + ALICE, "token false", "onOpen nobody");
  }

  @Test
  void streamsOfOneHttp2ConnectionAreEachTheirOwnPersons() {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      answers.add(
          client.sendAsync(
              application.as(i % 2 == 0 ? ALICE : BOB, "/who").build(), BodyHandlers.ofString()));
    }
    for (int i = 0; i < answers.size(); i++) {
      HttpResponse<String> answer = answers.get(i).join();
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.body()).isEqualTo(i % 2 == 0 ? ALICE : BOB);
    }
  }
}
