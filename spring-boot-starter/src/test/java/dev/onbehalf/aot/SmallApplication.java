package dev.onbehalf.aot;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.spring.OnBehalf;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks the database who a person is, and prints the answer. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SmallApplication {
  public static void main(String[] arguments) throws SQLException {
    try (ConfigurableApplicationContext application =
        new SpringApplicationBuilder(SmallApplication.class)
            .web(WebApplicationType.NONE)
            .run(arguments)) {
      OnBehalf onBehalf = application.getBean(OnBehalf.class);
      ForwardedIdentity person =
          new ForwardedIdentity(
              application.getEnvironment().getRequiredProperty("test.user"),
              Secret.of(application.getEnvironment().getRequiredProperty("test.token")));
      String user =
          onBehalf.asUser(
              person,
              () ->
                  application
                      .getBean(JdbcClient.class)
                      .sql("SELECT current_user")
                      .query(String.class)
                      .single());
      DataSource ofEvents =
          application.getBean("onBehalfModulithJdbcTemplate", JdbcTemplate.class).getDataSource();
      System.out.printf(
          "user %s, events of the service principal %s%n",
          user, ofEvents == onBehalf.servicePrincipalDataSource());
    }
  }
}
