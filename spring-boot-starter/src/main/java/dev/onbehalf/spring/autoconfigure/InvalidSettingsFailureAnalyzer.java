package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.InvalidSettingsException;
import java.util.List;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Says at a failed start which settings are missing or wrong, and how right ones look. */
final class InvalidSettingsFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidSettingsException> {
  private static final String ELSEWHERE =
      """
      Set the environment of the database, for example

          PGHOST=db.example.com
          PGDATABASE=shop
          PGUSER=app_owner
          PGPASSWORD=...

      and what people log in with and are proved by: onbehalf.credentials, onbehalf.identity.verifier.\
      """;

  private static final String ACTION =
      """
      Set the environment of the Lakebase, for example

          PGHOST=ep-quiet-sea-1234.database.eu-west-1.cloud.databricks.com
          PGDATABASE=databricks_postgres
          LAKEBASE_ENDPOINT=projects/shop/branches/production/endpoints/primary
          DATABRICKS_HOST=https://dbc-a1b2c3d4-e5f6.cloud.databricks.com
          DATABRICKS_CLIENT_ID=...
          DATABRICKS_CLIENT_SECRET=...

      Databricks Apps sets all but LAKEBASE_ENDPOINT for an app that has a database resource; on a laptop, \
      lakebase-local prints them.\
      """;

  private final Environment environment;

  InvalidSettingsFailureAnalyzer(Environment environment) {
    this.environment = environment;
  }

  /** The database may well be configured. */
  private static String propertiesOf(List<String> problems) {
    return "%s of Onbehalf %s wrong.\n  - %s"
        .formatted(
            problems.size() == 1 ? "A property" : problems.size() + " properties",
            problems.size() == 1 ? "is" : "are",
            String.join("\n  - ", problems));
  }

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingsException cause) {
    boolean propertiesOnly =
        cause.problems().stream().allMatch(problem -> problem.startsWith("onbehalf."));
    return propertiesOnly
        ? new FailureAnalysis(
            propertiesOf(cause.problems()), "Correct the properties that are named above.", cause)
        : new FailureAnalysis(
            cause.getMessage(),
            CredentialsConfiguration.areLakebases(environment) ? ACTION : ELSEWHERE,
            cause);
  }
}
