package com.example.shop;

import dev.onbehalf.spring.OnBehalf;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A shop that asks the database for a person's authorities as the person, within the security
 * chain, which lets nobody in who has none: not to an error page either.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(Cart.class)
class SecuredShop {
  @Bean
  SecurityFilterChain everything(HttpSecurity http) {
    return http.authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers("/open/**", "/filtered", "/served")
                    .permitAll()
                    .anyRequest()
                    .hasAuthority("shop"))
        .csrf(csrf -> csrf.disable())
        .build();
  }

  @Bean
  AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken> people(JdbcClient jdbc) {
    return token -> {
      try {
        return new User(Shop.who(jdbc), "", List.of(() -> "shop"));
      } catch (RuntimeException e) {
        if (token.getName().startsWith("carol")) { // as some services wrap what fails
          throw new InternalAuthenticationServiceException("No authorities", e);
        }
        throw e;
      }
    };
  }

  @Bean
  FilterRegistrationBean<Filter> filtered(JdbcClient jdbc) {
    FilterRegistrationBean<Filter> registration =
        new FilterRegistrationBean<>(
            (request, response, chain) -> response.getWriter().write(forbidden(jdbc)));
    registration.addUrlPatterns("/filtered");
    return registration;
  }

  @Bean
  ServletRegistrationBean<HttpServlet> served(JdbcClient jdbc, OnBehalf onBehalf) {
    return new ServletRegistrationBean<>(
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            response.getWriter().write("half of the answer of " + onBehalf.currentUser());
            response.getWriter().write(forbidden(jdbc));
          }
        },
        "/served");
  }

  private static String forbidden(JdbcClient jdbc) {
    return jdbc.sql("SELECT rolpassword FROM pg_catalog.pg_authid")
        .query(String.class)
        .list()
        .toString();
  }

  @RestController
  static final class Handlers {
    private final JdbcClient jdbc;

    Handlers(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    @GetMapping("/who")
    String who() {
      return Shop.who(jdbc);
    }

    @GetMapping("/handled")
    String handled() {
      return forbidden(jdbc);
    }
  }
}
