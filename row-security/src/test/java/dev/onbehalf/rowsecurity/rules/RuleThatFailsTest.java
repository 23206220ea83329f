package dev.onbehalf.rowsecurity.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.Scope;
import dev.onbehalf.rowsecurity.Severity;
import dev.onbehalf.rowsecurity.TestServer;
import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.CatalogReader;
import dev.onbehalf.rowsecurity.internal.catalog.ReadOnly;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nobody hides what is wrong by something that a rule cannot read. */
final class RuleThatFailsTest {
  private record Failing(Error error) implements Rule {
    @Override
    public String id() {
      return "some-rule";
    }

    @Override
    public String manual() {
      return "ddl-rowsecurity.html";
    }

    @Override
    public void examine(Catalog catalog, Findings.Of findings) {
      throw error;
    }
  }

  @Test
  void a_rule_that_cannot_look_is_an_error_of_its_own() throws Exception {
    try (TestServer.Database database = TestServer.get().database();
        var connection = database.as("postgres");
        var transaction = ReadOnly.begin(connection, Duration.ofSeconds(10))) {
      Catalog catalog = CatalogReader.read(transaction, Scope.of("group:order_users"));
      Findings findings = new Findings();
      Rules.examine(new Failing(new StackOverflowError()), catalog, findings);
      Rules.examine(catalog, findings);

      List<Finding> found = findings.sorted();
      assertThat(found).hasSize(1);
      assertThat(found.get(0).severity()).isEqualTo(Severity.ERROR);
      assertThat(found.get(0).object()).isEqualTo("rule some-rule");
      assertThat(found.get(0).sentence()).contains("could not be looked at");
    }
  }
}
