package dev.onbehalf.spring.actuate;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code docs/grafana.json} asks Prometheus for is there, by name and label. */
class GrafanaTest {
  private static final Pattern SERIES = Pattern.compile("(onbehalf_[a-z0-9_]+)(\\{[^}]*})?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=~?\"([^\"]*)\"");
  private static final Pattern GROUPED = Pattern.compile("by \\((\\w+)\\)");

  /** Which Prometheus adds to what it fetches. */
  private static final Set<String> ADDED = Set.of("job", "instance");

  private static List<String> questions() throws IOException {
    JsonNode file = JsonMapper.shared().readTree(Files.readString(Path.of("../docs/grafana.json")));
    List<String> all = new ArrayList<>(file.findValuesAsString("expr"));
    file.at("/templating/list")
        .valueStream()
        .filter(it -> it.get("type").asString().equals("query"))
        .forEach(it -> all.add(it.get("query").asString()));
    return all;
  }

  @Test
  void itNamesOnlyWhatThereIs() throws IOException {
    try (WatchedApplication application =
        new WatchedApplication(
            "onbehalf.fleet.enabled=true",
            "onbehalf.fleet.max-connections=30",
            "management.metrics.distribution.percentiles-histogram.onbehalf.pool.acquire=true")) {
      application.workAs(ALICE);
      application.running().bean(OnBehalfDatabase.class).revoke(ALICE);
      application.workAs(ALICE);
      List<String> scraped = application.actuator("/prometheus").body().lines().toList();
      int series = 0;
      for (String question : questions()) {
        for (MatchResult asked : SERIES.matcher(question).results().toList()) {
          List<String> found =
              scraped.stream().filter(it -> it.matches(asked.group(1) + "[{ ].*")).toList();
          assertThat(found).as(asked.group(1)).isNotEmpty();
          assertLabels(asked.group(2) == null ? "" : asked.group(2), found);
          series++;
        }
        if (!question.contains("label_values")) {
          String first = SERIES.matcher(question).results().findFirst().orElseThrow().group(1);
          GROUPED
              .matcher(question)
              .results()
              .map(it -> it.group(1))
              .forEach(
                  label ->
                      assertThat(scraped)
                          .as("%s by %s", first, label)
                          .anyMatch(
                              it -> it.startsWith(first + "{") && it.contains(label + "=\"")));
        }
      }
      assertThat(series).isGreaterThan(25);
    }
  }

  private static void assertLabels(String selector, List<String> found) {
    LABEL
        .matcher(selector)
        .results()
        .filter(it -> !ADDED.contains(it.group(1)))
        .forEach(
            it ->
                assertThat(found)
                    .as(selector)
                    .anyMatch(line -> line.contains(it.group(1) + "=\"" + it.group(2) + "\"")));
  }

  @Test
  void itShowsEachMeterOfThePool() throws IOException {
    String all = String.join("\n", questions());
    String page = Files.readString(Path.of("../docs/operations.md"));
    String section = page.substring(page.indexOf("## Meters"), page.indexOf("## Traces"));
    Set<String> meters =
        Pattern.compile("`(onbehalf\\.[a-z.]+)[{`]")
            .matcher(section)
            .results()
            .map(it -> it.group(1).replace('.', '_'))
            .collect(toSet());
    assertThat(meters).hasSizeGreaterThan(12);
    assertThat(Stream.of(meters.toArray(String[]::new)).filter(it -> !all.contains(it))).isEmpty();
  }
}
