package dev.onbehalf.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The page on operations has each warning and each error that the code logs, by its first words,
 * which each has, and no line that the code does not log. Its properties are {@link
 * SettingsTest}'s, its meters the starter's MeasuredTest's, its refusals the servlet's
 * ProblemsTest's.
 */
class OperationsPageTest {
  private static final Pattern LOGGED =
      Pattern.compile(
          "(?:log\\.(?:warn|error)|\\.log)\\(\\s*(?:\\w+\\s*\\?\\s*)?\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern UNREADABLE =
      Pattern.compile(
          "(?:log\\.(?:warn|error)|(?<!Math)\\.log)\\(\\s*(?![\\s\"]|\\w+\\s*\\?)[^;]*");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `[\\w.]+` (?:INFO|WARN|ERROR)[\\w, ]* \\| ([^|]+) \\|");

  /**
   * All of the code of which an application is made, with what is joined by plus signs in one
   * piece.
   */
  private static String code() throws IOException {
    StringBuilder code = new StringBuilder();
    for (String module :
        List.of(
            "pool",
            "identity",
            "lakebase",
            "rds-iam",
            "servlet",
            "row-security",
            "spring-boot-starter")) {
      try (Stream<Path> files = Files.walk(Page.ROOT.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
          code.append(Files.readString(file).replaceAll("(?m)^\\s*/?\\*.*$", ""));
        }
      }
    }
    return code.toString().replaceAll("\"\\s*\\+\\s*\"", "");
  }

  private static String section() {
    return Page.of(Page.ROOT.resolve("docs/operations.md")).section("The log");
  }

  private static String firstWords(String message) {
    return message.replace("\\\"", "\"").replaceFirst("(?s)(\"?\\{}|[…:;.,]).*", "").strip();
  }

  @Test
  void whatIsLoggedIsOnThePage() throws IOException {
    List<String> logged = new ArrayList<>();
    LOGGED
        .matcher(code())
        .results()
        .map((MatchResult found) -> firstWords(found.group(1)))
        .forEach(logged::add);
    assertThat(logged).hasSizeGreaterThan(20).as("begins with words of its own").doesNotContain("");
    assertThat(logged).filteredOn(words -> !section().contains(words)).isEmpty();
  }

  /** What this test can't read would be nowhere. */
  @Test
  void whatIsLoggedStandsWhereItIsLogged() throws IOException {
    assertThat(UNREADABLE.matcher(code()).results().map(MatchResult::group))
        .containsExactly(".log(message + more, arguments)"); // RepeatedWarning
  }

  @Test
  void whatIsOnThePageIsLogged() throws IOException {
    String code = code().replace("\\\"", "\"");
    assertThat(ROW.matcher(section()).results().map(row -> row.group(1)))
        .hasSizeGreaterThan(20)
        .allMatch(says -> code.contains(says.replaceFirst("\"?…(?s).*", "").strip()));
  }
}
