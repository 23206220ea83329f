package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.lakebase.InvalidSettingsException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says at a failed start which settings are missing or wrong, and how right ones look. */
final class InvalidSettingsFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidSettingsException> {
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

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingsException cause) {
    boolean propertiesOnly =
        cause.problems().stream().allMatch(problem -> problem.startsWith("onbehalf."));
    return new FailureAnalysis(
        cause.getMessage(),
        propertiesOnly ? "Correct the properties that are named above." : ACTION,
        cause);
  }
}
