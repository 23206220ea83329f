package com.example.shop;

import dev.onbehalf.servlet.ForwardedHeaders;
import dev.onbehalf.spring.OnBehalf;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.actuate.web.exchanges.InMemoryHttpExchangeRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.filter.CommonsRequestLoggingFilter;

/**
 * A shop with a Spring Security chain for its Actuator only, servlets beside Spring MVC, a
 * websocket, and logs that show what requests look like.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(Cart.class)
class Shop {
  private static final String WHO = "SELECT current_user";

  /** What reached code of ours: who answers nobody with this has a hole. */
  static final String SERVED = "served as ";

  @Bean
  SecurityFilterChain actuator(HttpSecurity http) {
    return http.securityMatcher("/actuator/**")
        .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .build();
  }

  @Bean
  InMemoryHttpExchangeRepository exchanges() {
    return new InMemoryHttpExchangeRepository();
  }

  @Bean
  CommonsRequestLoggingFilter requestLog() {
    CommonsRequestLoggingFilter filter = new CommonsRequestLoggingFilter();
    filter.setIncludeHeaders(true);
    return filter;
  }

  /** A dump of all headers, as early as a filter can say that it wants to be. */
  @Bean
  FilterRegistrationBean<Filter> headerDump(Dump dump) {
    FilterRegistrationBean<Filter> registration =
        new FilterRegistrationBean<>(
            (request, response, chain) -> {
              dump.add((HttpServletRequest) request);
              chain.doFilter(request, response);
            });
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
    return registration;
  }

  @Bean
  Dump dump() {
    return new Dump();
  }

  /** What requests look like here. */
  static final class Dump {
    private final List<String> seen = new CopyOnWriteArrayList<>();

    void add(HttpServletRequest request) {
      for (String name : Collections.list(request.getHeaderNames())) {
        seen.add(
            request.getDispatcherType()
                + " "
                + name
                + ": "
                + Collections.list(request.getHeaders(name)));
      }
      seen.add(
          request.getHeader("x-forwarded-ACCESS-token")
              + " "
              + Collections.list(request.getHeaders("X-FORWARDED-access-token")));
    }

    List<String> seen() {
      return seen;
    }
  }

  @Bean
  ServletRegistrationBean<HttpServlet> exact(OnBehalf onBehalf, JdbcClient jdbc) {
    return servlet("exact", onBehalf, jdbc, "/exactadmin");
  }

  @Bean
  ServletRegistrationBean<HttpServlet> extension(OnBehalf onBehalf, JdbcClient jdbc) {
    return servlet("extension", onBehalf, jdbc, "*.do");
  }

  @Bean
  ServletRegistrationBean<HttpServlet> prefix(OnBehalf onBehalf, JdbcClient jdbc) {
    return servlet("prefix", onBehalf, jdbc, "/admin/*");
  }

  private static ServletRegistrationBean<HttpServlet> servlet(
      String name, OnBehalf onBehalf, JdbcClient jdbc, String mapping) {
    HttpServlet servlet =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            String who =
                "person".equals(request.getParameter("as"))
                    ? who(jdbc)
                    : onBehalf.asServicePrincipal(() -> who(jdbc));
            response.getWriter().write(SERVED + who);
          }
        };
    ServletRegistrationBean<HttpServlet> registration =
        new ServletRegistrationBean<>(servlet, mapping);
    registration.setName(name);
    return registration;
  }

  /** As a servlet does that knows no better way. */
  @Bean
  ServletRegistrationBean<HttpServlet> async() {
    HttpServlet servlet =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            AsyncContext async = request.startAsync();
            HttpServletRequest seen = (HttpServletRequest) async.getRequest();
            HttpSession session = seen.getSession(false);
            async
                .getResponse()
                .getWriter()
                .write(
                    "token %s cart %s"
                        .formatted(
                            seen.getHeader("X-Forwarded-Access-Token"),
                            session == null ? "none" : session.getAttribute("cart")));
            async.complete();
          }
        };
    ServletRegistrationBean<HttpServlet> registration =
        new ServletRegistrationBean<>(servlet, "/asynchronous");
    registration.setName("asynchronous");
    registration.setAsyncSupported(true);
    return registration;
  }

  static String who(JdbcClient jdbc) {
    return jdbc.sql(WHO).query(String.class).single();
  }

  @Bean
  ServletListenerRegistrationBean<ServletContextListener> websocket() {
    return new ServletListenerRegistrationBean<>(
        new ServletContextListener() {
          @Override
          public void contextInitialized(ServletContextEvent event) {
            addSocket(
                (ServerContainer)
                    event
                        .getServletContext()
                        .getAttribute("jakarta.websocket.server.ServerContainer"));
          }
        });
  }

  private static void addSocket(ServerContainer container) {
    try {
      container.addEndpoint(ServerEndpointConfig.Builder.create(Socket.class, "/ws").build());
    } catch (DeploymentException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Only its handshake matters. */
  public static final class Socket extends Endpoint {
    @Override
    public void onOpen(Session session, EndpointConfig config) {}
  }

  @RestController
  static final class Handlers {
    private final JdbcClient jdbc;
    private final OnBehalf onBehalf;

    Handlers(JdbcClient jdbc, OnBehalf onBehalf) {
      this.jdbc = jdbc;
      this.onBehalf = onBehalf;
    }

    @GetMapping({"/t/who", "/who", "/actuator/who"})
    String person() {
      return SERVED + who(jdbc);
    }

    @GetMapping({"/t/all", "/all"})
    String all() {
      return SERVED + onBehalf.asServicePrincipal(() -> who(jdbc));
    }

    @GetMapping("/open/nobody")
    String nobody() {
      return SERVED + onBehalf.currentUser().orElse("nobody");
    }

    @GetMapping("/fails")
    String fails() {
      throw new IllegalStateException("on purpose");
    }

    @GetMapping("/token")
    String token(HttpServletRequest request) {
      return ForwardedHeaders.of(request).orElseThrow().identity().accessToken().reveal();
    }

    @GetMapping("/catalog")
    ResponseEntity<String> catalog() {
      return ResponseEntity.ok().header("Cache-Control", "max-age=60").body("the same for all");
    }

    @GetMapping("/feed")
    DeferredResult<ResponseEntity<String>> feed() {
      DeferredResult<ResponseEntity<String>> feed = new DeferredResult<>();
      feed.setResult(
          ResponseEntity.ok()
              .header("Cache-Control", "no-store", "private")
              .body("the same for all"));
      return feed;
    }

    @GetMapping("/later")
    Callable<String> later(HttpServletResponse response) {
      response.setHeader("Cache-Control", "max-age=60");
      return () -> "the same for all";
    }

    @GetMapping("/forbidden")
    String forbidden() {
      return jdbc.sql("SELECT rolpassword FROM pg_catalog.pg_authid")
          .query(String.class)
          .list()
          .toString();
    }
  }
}
