package dev.onbehalf.lakebaselocal;

/** How the program is used, in its own words. */
final class Usage {
  static final String TEXT =
      """
      Usage: java -jar lakebase-local.jar [options]
             java -jar lakebase-local.jar psql <person | sp> [--env-file <file>] [psql's arguments]

      Runs a Lakebase on this machine. Prints the environment that an app needs, one
      NAME=value a line, then the line READY; runs until it is stopped (Ctrl-C).
      With psql: opens psql on one that runs, as a person or as the service principal.

        --users <a,b,...>                people with a role, comma-separated
        --people-without-role <a,b,...>  people who get tokens, but have no role
        --database <name>                the database's name (databricks_postgres)
        --max-connections <n>            PostgreSQL's max_connections (100)
        --port <n>                       the port of logins (any that is free)
        --workspace-port <n>             the port of the workspace (any that is free)
        --passwords <kind>               credentials, or access-tokens as well
        --env-file <file>                write the environment there too, while it runs
        --data <folder>                  keep data, roles and people there over restarts
        --grant <group>                  a group role of which all users are members
        --sql <file>                     SQL to run at each start, as the service principal
        --admin-sql <file>               SQL to run at each start, as the superuser
        --proxy <port>:<port>            sign people in, on the first port, in front of the
                                         app that listens on the second one
        --help                           this text
      """;

  /** Below what could not be understood. */
  static final String HINT = "All that it understands: java -jar lakebase-local.jar --help";

  private Usage() {}
}
