package dev.onbehalf.lakebaselocal;

/**
 * SQL to run at each start.
 *
 * @param source where it is from, for messages
 */
record Script(String source, String sql, As as) {
  /** Whose rights it has. */
  enum As {
    SERVICE_PRINCIPAL,
    ADMINISTRATOR
  }
}
