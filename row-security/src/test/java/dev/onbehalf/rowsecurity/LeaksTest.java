package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.onbehalf.rowsecurity.rules.Rule;
import dev.onbehalf.rowsecurity.rules.Rules;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule: that what it finds is one, by really reading or writing as the person, and that its
 * own SQL mends it.
 */
final class LeaksTest {
  static Stream<Leak> leaks() {
    return Leak.all("leaks");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("leaks")
  void leaks_is_found_and_leaks_no_more_once_it_is_mended(Leak leak) throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      assumeTrue(leak.isFor(database.version()), "another server's");
      database.run(leak.setup());

      List<Finding> before = database.examine(leak.people().toArray(String[]::new)).findings();
      assertThat(leak.leaks(database)).as("%s leaks before", leak).isTrue();
      List<Finding> found =
          before.stream()
              .filter(f -> f.id().equals(leak.id()) && f.object().equals(leak.object()))
              .toList();
      assertThat(found).as("%s found among %s", leak, text(before)).hasSize(1);
      Finding finding = found.get(0);
      assertThat(finding.sentence()).isNotBlank().endsWith(".");
      assertThat(finding.manual()).startsWith("https://www.postgresql.org/docs/current/");

      database.run(finding.mend());
      assertThat(leak.leaks(database)).as("%s leaks after %s", leak, finding.mend()).isFalse();
      assertThat(database.examine(leak.people().toArray(String[]::new)).findings())
          .as("%s mended by %s", leak, finding.mend())
          .noneMatch(f -> f.id().equals(leak.id()) && f.object().equals(leak.object()));
    }
  }

  private static String text(List<Finding> findings) {
    return findings.stream()
        .map(
            f ->
                "%s %s %s: %s\n    %s\n    %s"
                    .formatted(f.severity(), f.id(), f.object(), f.sentence(), f.mend(), f.plan()))
        .collect(Collectors.joining("\n", "\n", "\n"));
  }

  @Test
  void every_rule_has_a_leak() {
    assertThat(leaks().map(Leak::id)).containsAll(Rules.ALL.stream().map(Rule::id).toList());
  }

  @Test
  void what_the_leaks_are_built_on_has_no_finding() throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      assertThat(database.examine(TestServer.ALICE, "group:order_users").findings()).isEmpty();
    }
  }
}
