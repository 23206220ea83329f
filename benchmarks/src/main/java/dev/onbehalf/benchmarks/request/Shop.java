package dev.onbehalf.benchmarks.request;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.spring.autoconfigure.OnBehalfAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfTaskAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfWebAutoConfiguration;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** One small application, which logs in as the person behind the request, or always as one user. */
final class Shop implements AutoCloseable {
  static final String BORROWED = "borrowed";
  static final String QUERIED = "queried";

  private final ConfigurableApplicationContext context;

  private Shop(Map<String, String> properties) {
    context =
        new SpringApplicationBuilder(Application.class)
            .properties(
                "server.port=0",
                "server.address=127.0.0.1",
                "server.tomcat.max-keep-alive-requests=-1",
                "spring.main.banner-mode=off")
            .run(
                properties.entrySet().stream()
                    .map(property -> "--" + property.getKey() + "=" + property.getValue())
                    .toArray(String[]::new));
  }

  /** With the starter, as it comes. */
  static Shop onBehalfOfPeople(LakebaseLocal lakebase) {
    return new Shop(lakebase.environment());
  }

  /** Without the starter: Spring Boot's own HikariCP, whose one user is {@code user}. */
  static Shop onHikari(LakebaseLocal lakebase, String user) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("spring.datasource.url", lakebase.jdbcUrl());
    properties.put("spring.datasource.username", user);
    properties.put(
        "spring.datasource.password", lakebase.databaseCredential(user, Duration.ofHours(1)));
    properties.put(
        "spring.autoconfigure.exclude",
        Stream.of(
                OnBehalfAutoConfiguration.class,
                OnBehalfWebAutoConfiguration.class,
                OnBehalfTaskAutoConfiguration.class)
            .map(Class::getName)
            .collect(Collectors.joining(",")));
    return new Shop(properties);
  }

  int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  @Override
  public void close() {
    context.close();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Endpoints.class)
  static class Application {}

  @RestController
  static class Endpoints {
    private final DataSource dataSource;
    private final JdbcClient jdbc;

    Endpoints(DataSource dataSource, JdbcClient jdbc) {
      this.dataSource = dataSource;
      this.jdbc = jdbc;
    }

    @GetMapping("/" + BORROWED)
    String borrow() throws SQLException {
      try (Connection connection = dataSource.getConnection()) {
        return connection.isClosed() ? "closed" : BORROWED;
      }
    }

    @GetMapping("/" + QUERIED)
    String query() {
      return jdbc.sql("SELECT '" + QUERIED + "'").query(String.class).single();
    }
  }
}
