package dev.onbehalf.servlet;

import static dev.onbehalf.servlet.FrontDoorAttacks.SERVED;

import dev.onbehalf.identity.OnBehalfDatabase;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import javax.sql.DataSource;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** An application without any framework, on Jetty: the filter, and servlets behind it. */
final class Shopfront implements AutoCloseable {
  private final Server server =
      new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final OnBehalfFilter filter;
  private final DataSource people;
  private final DataSource application;

  Shopfront(OnBehalfDatabase database) throws Exception {
    filter =
        OnBehalfFilter.of(database)
            .exemptPaths(ExemptPaths.of(List.of("/open/*")))
            .group("order_users")
            .build();
    people = filter.dataSource();
    application = database.servicePrincipal();
    ServletContextHandler context = new ServletContextHandler(ServletContextHandler.SESSIONS);
    context.addEventListener(
        new ServletContextListener() {
          @Override
          public void contextInitialized(ServletContextEvent event) {
            add(filter, event.getServletContext());
          }
        });
    add(context, "/who", (request, response) -> who(people));
    for (String owners : List.of("/exactadmin", "*.do", "/admin/*")) {
      add(context, owners, (request, response) -> who(application));
    }
    add(context, "/open/nobody", (request, response) -> nobody(request));
    add(context, "/cart", (request, response) -> cart(request));
    add(context, "/asynchronous", (request, response) -> asynchronous(request));
    add(context, "/elsewhere", (request, response) -> elsewhere(request));
    add(context, "/token", (request, response) -> token(request));
    add(
        context,
        "/fails",
        (request, response) -> {
          throw new IllegalStateException("on purpose");
        });
    add(context, "/forbidden", (request, response) -> ask(people, "SELECT secret FROM vault"));
    add(
        context,
        "/admin/forbidden",
        (request, response) -> ask(application, "SELECT rolpassword FROM pg_catalog.pg_authid"));
    add(
        context,
        "/nobody",
        (request, response) -> {
          List<String> answer = new ArrayList<>();
          Thread thread = new Thread(() -> answer.add(attempt()));
          thread.start();
          thread.join();
          return answer.get(0);
        });
    server.setHandler(context);
    server.start();
  }

  private static void add(OnBehalfFilter filter, ServletContext context) {
    FilterRegistration.Dynamic door = context.addFilter("onbehalf", filter);
    door.setAsyncSupported(true);
    door.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR),
        false,
        "/*");
  }

  /** What a servlet answers with; empty where it has answered. */
  @FunctionalInterface
  private interface Work {
    String answer(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  private static void add(ServletContextHandler context, String mapping, Work work) {
    ServletHolder holder =
        new ServletHolder(
            new HttpServlet() {
              private static final long serialVersionUID = 1L;

              @Override
              protected void service(HttpServletRequest request, HttpServletResponse response)
                  throws IOException, ServletException {
                try {
                  String answer = work.answer(request, response);
                  if (!answer.isEmpty()) {
                    response.getWriter().write(answer);
                  }
                } catch (IOException | RuntimeException e) {
                  throw e;
                } catch (Exception e) {
                  throw new ServletException(e);
                }
              }
            });
    holder.setAsyncSupported(true);
    context.addServlet(holder, mapping);
  }

  int port() {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  private static String who(DataSource dataSource) throws SQLException {
    return SERVED + ask(dataSource, "SELECT current_user");
  }

  private static String ask(DataSource dataSource, String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private String attempt() {
    try {
      return who(people);
    } catch (SQLException e) {
      return e.getSQLState() + " " + e.getMessage();
    }
  }

  private String nobody(HttpServletRequest request) {
    return filter.personOf(request).isPresent() || !attempt().startsWith("28000")
        ? attempt()
        : SERVED + "nobody";
  }

  private static String cart(HttpServletRequest request) {
    String item = request.getParameter("item");
    if (item != null) {
      request.getSession().setAttribute("cart", item);
    }
    HttpSession session = request.getSession(false);
    return session == null ? "no cart" : "cart " + session.getAttribute("cart");
  }

  private static String asynchronous(HttpServletRequest request) throws IOException {
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
    return "";
  }

  /** Dispatched to once more, on another thread of the server. */
  private String elsewhere(HttpServletRequest request) throws SQLException {
    if (request.getDispatcherType() == DispatcherType.ASYNC) {
      return who(people);
    }
    AsyncContext async = request.startAsync();
    async.start(async::dispatch);
    return "";
  }

  private static String token(HttpServletRequest request) {
    return ForwardedHeaders.of(request).orElseThrow().identity().accessToken().reveal();
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
