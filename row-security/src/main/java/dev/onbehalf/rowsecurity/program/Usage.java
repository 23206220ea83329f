package dev.onbehalf.rowsecurity.program;

import dev.onbehalf.rowsecurity.explain.WhyCommand;

/** How the program is used, in its own words. */
final class Usage {
  static final String TEXT =
      """
      Usage: java -jar onbehalf-row-security-program.jar --as <who,...> [options]

      Tells whether Row-Level Security holds in a database, for these people. Reads the
      catalogs only, in one read-only transaction.

        --as <a,b,...>       people, by their roles; group:<role> is all its members
        --schema <a,b,...>   schemas (all but the system's)
        --url <jdbc:...>     the database; else PGHOST, PGPORT, PGDATABASE, PGUSER,
                             PGSSLMODE and PGSSLROOTCERT say. The password is PGPASSWORD's
                             or the password file's, never an argument
        --format <format>    text, json or sarif (text)
        --fail-on <severity> error, warning or note: what the exit code tells of (error)
        --baseline <file>    accepted findings, a line each: id | object | reason
        --timeout <seconds>  for each question to the catalogs (30)
        --measure            run what is slow before and after its mend, and roll back;
                             takes locks: for a copy of production
        --help               this text

      Exit code: 0 nothing that --fail-on asks for; 1 something; 2 arguments; 3 the database
      could not be asked.

      Or: java -jar onbehalf-row-security-program.jar --why ... [--url <jdbc:...>]

      """
          + WhyCommand.USAGE.indent(2);

  private Usage() {}
}
