package dev.onbehalf.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.spring.TestApplication;
import dev.onbehalf.spring.WithoutSecurity;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationView;
import java.net.http.HttpResponse;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An application whose Actuator shows all it has, to anybody who comes. */
final class WatchedApplication implements AutoCloseable {
  private static final String[] EXPOSED = {
    "management.endpoints.web.exposure.include=*",
    "management.endpoint.health.show-details=always",
    "onbehalf.identity.exempt-paths=/actuator/**"
  };

  private final TestApplication application;

  WatchedApplication(String... properties) {
    application =
        new TestApplication(
            Application.class,
            Stream.concat(Stream.of(EXPOSED), Stream.of(properties)).toArray(String[]::new));
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Heard heard() {
      return new Heard();
    }

    @Bean
    Who who(JdbcClient jdbc) {
      return new Who(jdbc);
    }
  }

  /** What a tracer would hear: each observation that ended, and what it was a part of. */
  static final class Heard implements ObservationHandler<Observation.Context> {
    private final Queue<String> all = new ConcurrentLinkedQueue<>();

    Queue<String> all() {
      return all;
    }

    @Override
    public void onStop(Observation.Context context) {
      ObservationView parent = context.getParentObservation();
      all.add(
          context.getName()
              + " of "
              + (parent == null ? "nothing" : parent.getContextView().getName()));
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }

  @RestController
  static class Who {
    private final JdbcClient jdbc;

    Who(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    @GetMapping("/who")
    String who() {
      return jdbc.sql("SELECT current_user").query(String.class).single();
    }
  }

  TestApplication running() {
    return application;
  }

  void workAs(String user) {
    assertThat(application.send(application.as(user, "/who")).body()).isEqualTo(user);
  }

  HttpResponse<String> actuator(String path) {
    return application.send(application.request("/actuator" + path));
  }

  JsonNode json(String path) {
    return JsonMapper.shared().readTree(actuator(path).body());
  }

  @Override
  public void close() {
    application.close();
  }
}
