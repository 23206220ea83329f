package dev.onbehalf.documentation;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.test.RowSecurityTester;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;

/**
 * What a page's shorter blocks take as given: an application's own beans, and what it works with.
 */
@SuppressWarnings({"NullAway.Init", "unused"})
abstract class Given {
  OnBehalf onBehalf;
  JdbcClient jdbc;
  ForwardedIdentity identity;
  ThreadPoolTaskExecutor executor;
  HttpSecurity http;
  Orders orders;
  DataSource dataSource;
  RowSecurityTester rowSecurity;
  Reports reports;
  CleanUp cleanUp;
  Vault vault;
  Runnable work;
  CompletableFuture<String> shared;
  String url;

  abstract List<String> rows(String value);

  interface Reports {
    void send();
  }

  interface CleanUp {
    void run();
  }

  interface Vault {
    String read(String path);
  }
}
