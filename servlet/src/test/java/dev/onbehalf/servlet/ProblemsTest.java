package dev.onbehalf.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.identity.RoleRefusedException;
import dev.onbehalf.identity.SignOutNotToldException;
import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.ConnectionTimeoutException.Bottleneck;
import dev.onbehalf.pool.LoginFailedException;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.WrongSessionUserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.LoggerFactory;

/** What is answered to whatever fails, as the page on operations has it, and what is logged. */
class ProblemsTest {
  private static final String ALICE = "alice@example.com";
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (\\d+) \\|(?: (\\d+))? \\|");

  private static final Platform PLATFORM =
      Platform.of(
          identity -> {
            throw new IdentityException(IdentityException.Reason.TOKEN_REFUSED, "Nobody's");
          },
          (user, accessToken) -> new DatabaseCredential(Secret.of("x"), Instant.MAX),
          () -> new DatabaseCredential(Secret.of("x"), Instant.MAX));

  private final Problems problems = new Problems(PLATFORM, null, null);

  private static SQLException sql(String state) {
    return new SQLException("No", state);
  }

  private static SQLException login(String state, Throwable cause) {
    return new LoginFailedException(ALICE, "No", state, 0, cause);
  }

  private static SQLException late(Bottleneck bottleneck) {
    return new ConnectionTimeoutException(
        "No",
        "08001",
        bottleneck,
        new PoolStatistics(
            1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, new PoolStatistics.Evictions(0, 0, 0, 0, 0)),
        new UserPoolStatistics(ALICE, 1, 1, 0, 0, 1, 1, 0),
        null);
  }

  private static Stream<Throwable> failures() {
    return Stream.of(
            Arrays.stream(IssuerUnavailableException.Reason.values())
                .map(reason -> new IssuerUnavailableException(reason, "No", null, null)),
            Arrays.stream(IdentityException.Reason.values())
                .map(reason -> new IdentityException(reason, "No")),
            Arrays.stream(Bottleneck.values()).map(ProblemsTest::late),
            Stream.of("42501", "3D000", "08006", "57P01", "53300").map(ProblemsTest::sql),
            Stream.of(
                new SignOutNotToldException("No", null),
                new NobodyBoundException("No"),
                new WrongSessionUserException(ALICE, "bob@example.com"),
                new RlsBypassException(ALICE, "has BYPASSRLS", "ALTER ROLE"),
                login("28P01", new RoleRefusedException(ALICE, PLATFORM, sql("28P01"))),
                login("28P01", sql("28P01")),
                login("08004", sql("08004")),
                new PSQLException(
                    new ServerErrorMessage(
                        "C42501\0Mnew row violates row-level security policy for table \"t\"\0"))))
        .flatMap(it -> it);
  }

  private static String row(Problem problem) {
    return "%s %s %s"
        .formatted(problem.type().replaceFirst(".*:", ""), problem.status(), problem.retryAfter());
  }

  @Test
  void thePageHasEach() throws IOException {
    Set<String> answered =
        failures()
            .map(failure -> row(problems.of(failure).orElseThrow()))
            .collect(Collectors.toCollection(TreeSet::new));
    String page = Files.readString(Path.of("../docs/operations.md"));
    assertThat(
            ROW.matcher(page)
                .results()
                .map(it -> "%s %s %s".formatted(it.group(1), it.group(2), it.group(3))))
        .containsExactlyInAnyOrderElementsOf(answered);
  }

  /** So that the failures above are all that there are. */
  @Test
  void eachIsMet() throws IOException {
    String code = Files.readString(Path.of("src/main/java/dev/onbehalf/servlet/Problems.java"));
    List<String> answered =
        failures().map(failure -> row(problems.of(failure).orElseThrow())).toList();
    assertThat(Pattern.compile("\"(-?[a-z]+(?:-[a-z]+)+-?)\"").matcher(code).results())
        .extracting(it -> it.group(1))
        .hasSizeGreaterThan(10)
        .allMatch(word -> answered.stream().anyMatch(it -> it.contains(word)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "3D000", "login 28P01", "login 08004", "late"})
  void whatEachRequestMeetsIsSaidOnce(String failure) {
    Logger log = (Logger) LoggerFactory.getLogger(Problems.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      for (int i = 0; i < 100; i++) {
        problems.of(
            switch (failure) {
              case "late" -> late(Bottleneck.BUDGET);
              case "login 28P01", "login 08004" ->
                  login(failure.substring(6), sql(failure.substring(6)));
              default -> sql(failure);
            });
      }
    } finally {
      log.detachAppender(lines);
    }
    assertThat(lines.list).hasSize(1);
  }

  /** Whoever meets their own maximum again and again would else hide that the server is full. */
  @Test
  void whatOneMeetsHidesNothingElse() {
    Logger log = (Logger) LoggerFactory.getLogger(Problems.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      for (Bottleneck each : Bottleneck.values()) {
        problems.of(late(each));
      }
      for (String each : List.of("08006", "57P01", "53100")) {
        problems.of(sql(each));
      }
    } finally {
      log.detachAppender(lines);
    }
    assertThat(lines.list).hasSize(Bottleneck.values().length + 3);
  }
}
