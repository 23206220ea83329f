package dev.onbehalf.spring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A small application that really starts, on the shared Lakebase, and its proxy: this test. */
public final class TestApplication implements AutoCloseable {
  private static final String EXCLUDE = "spring.autoconfigure.exclude=";

  /** How these start unless told otherwise: JPA takes seconds. */
  public static final String WITHOUT_JPA =
      EXCLUDE
          + "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
          + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

  public static final String WITH_JPA = EXCLUDE;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ConfigurableApplicationContext context;

  public TestApplication(Class<?> application, String... properties) {
    List<String> arguments = new ArrayList<>();
    SharedLakebase.get()
        .environment()
        .forEach((name, value) -> arguments.add("--" + name + "=" + value));
    if (Stream.of(properties).noneMatch(it -> it.startsWith(EXCLUDE))) {
      arguments.add("--" + WITHOUT_JPA);
    }
    Stream.of(properties).map(property -> "--" + property).forEach(arguments::add);
    context =
        new SpringApplicationBuilder(application)
            .properties(
                "server.port=0",
                "server.shutdown=immediate", // nobody is left whose request could end
                "server.address=127.0.0.1",
                "spring.main.banner-mode=off",
                "spring.flyway.enabled=false",
                "spring.liquibase.enabled=false")
            .run(arguments.toArray(String[]::new));
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  public int port() {
    return port("local.server.port");
  }

  /** The Actuator's, where that is another one. */
  public int managementPort() {
    return port("local.management.port");
  }

  private int port(String property) {
    return context.getEnvironment().getRequiredProperty(property, Integer.class);
  }

  /** A request as the proxy forwards it. */
  public HttpRequest.Builder as(String user, String path) {
    return as(user, SharedLakebase.token(user), path);
  }

  public HttpRequest.Builder as(String address, String token, String path) {
    return request(path)
        .header("X-Forwarded-Email", address)
        .header("X-Forwarded-Access-Token", token);
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
