package dev.onbehalf.rowsecurity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A way in which rows come to whom they don't belong, as a file of {@code leaks/} tells it:
 *
 * <pre>
 * -- finding: table-without-rls shop.notes
 * -- people: alice@example.com, group:order_users     (alice and bob, if it is not said)
 * -- server: 15..18                                   (any)
 * the mistake, as the superuser, upon shop.sql
 * -- first as bob@example.com                         (what somebody else does before)
 * -- leak as alice@example.com
 * the last statement has a row, or changes one, as long as it leaks
 * </pre>
 *
 * {@code -- leak as alice@example.com by error 23505} leaks by that error; {@code ... shows TEXT}
 * by a row with that text.
 */
record Leak(
    String name,
    String id,
    String object,
    List<String> people,
    int from,
    int to,
    String setup,
    List<Step> steps) {

  record Step(boolean isLeak, String as, String error, String shows, String sql) {}

  private static final Pattern HEAD =
      Pattern.compile("^-- (finding|people|server): (.*)$", Pattern.MULTILINE);
  private static final Pattern STEP =
      Pattern.compile(
          "^-- (first|leak) as (\\S+)(?: by error (\\w{5}))?(?: shows (.*))?$", Pattern.MULTILINE);

  static Stream<Leak> all(String name) {
    Path folder = Path.of("src/test/resources", name);
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().map(Leak::read).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Leak read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String id = "";
    String object = "";
    List<String> people = List.of(TestServer.ALICE, TestServer.BOB);
    int from = 13;
    int to = 99;
    Matcher head = HEAD.matcher(text);
    while (head.find()) {
      String value = head.group(2).strip();
      switch (head.group(1)) {
        case "finding" -> {
          id = value.substring(0, value.indexOf(' '));
          object = value.substring(value.indexOf(' ') + 1);
        }
        case "people" -> people = List.of(value.split(",\\s*", -1));
        default -> {
          from = Integer.parseInt(value.substring(0, 2));
          to = value.length() > 4 ? Integer.parseInt(value.substring(4)) : 99;
        }
      }
    }
    List<Step> steps = new ArrayList<>();
    Matcher step = STEP.matcher(text);
    int setupEnd = -1;
    List<Integer> starts = new ArrayList<>();
    while (step.find()) {
      setupEnd = setupEnd < 0 ? step.start() : setupEnd;
      starts.add(step.start());
    }
    starts.add(text.length());
    for (int i = 0; i + 1 < starts.size(); i++) {
      step.region(starts.get(i), text.length());
      if (step.find()) {
        steps.add(
            new Step(
                step.group(1).equals("leak"),
                step.group(2),
                step.group(3) == null ? "" : step.group(3),
                step.group(4) == null ? "" : step.group(4),
                text.substring(step.end(), starts.get(i + 1))));
      }
    }
    return new Leak(
        file.getFileName().toString().replace(".sql", ""),
        id,
        object,
        people,
        from,
        to,
        setupEnd < 0 ? text : text.substring(0, setupEnd),
        steps);
  }

  boolean isFor(int version) {
    return version >= from && version <= to;
  }

  /** Whether it leaks now. */
  boolean leaks(TestServer.Database database) throws SQLException {
    for (Step step : steps) {
      try {
        if (step.isLeak()) {
          List<String> answer = database.ask(step.as(), step.sql());
          return step.error().isEmpty()
              && (step.shows().isEmpty()
                  ? !answer.isEmpty()
                  : answer.stream().anyMatch(row -> row.contains(step.shows())));
        }
        try (var connection = database.as(step.as());
            var statement = connection.createStatement()) {
          statement.execute(step.sql());
        }
      } catch (SQLException e) {
        if (step.isLeak()) {
          if (!step.error().isEmpty() && step.error().equals(e.getSQLState())) {
            return true;
          }
          System.out.println(name + ": refused: " + e.getMessage());
          return false;
        }
        System.out.println(name + ": " + e.getMessage());
      }
    }
    throw new IllegalStateException(name + " has no leak " + people);
  }

  @Override
  public String toString() {
    return name;
  }
}
