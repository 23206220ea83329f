package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.InvalidSettingsException;
import java.util.List;
import java.util.Map;

/** What a platform is told by the environment, beside what every PostgreSQL is. */
interface PlatformVariables {
  /** The variables that it reads. */
  List<String> names();

  /**
   * Reads them, so that what is wrong is told together with all else.
   *
   * @throws InvalidSettingsException naming every mistake
   */
  void check(Map<String, String> variables);
}
