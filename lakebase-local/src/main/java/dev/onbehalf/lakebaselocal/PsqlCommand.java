package dev.onbehalf.lakebaselocal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens psql as somebody: asks the workspace for their database credential and hands it over in
 * psql's environment, since a command line is there for all to read.
 *
 * @param name a person, or {@code sp} for the service principal
 * @param arguments psql's own
 */
record PsqlCommand(String name, @Nullable Path environmentFile, List<String> arguments) {
  private static final String SERVICE_PRINCIPAL = "sp";
  private static final String ENV_FILE = "--env-file";

  /** As a shell says that there is no such command. */
  private static final int EXIT_NOT_FOUND = 127;

  /** What our own option is not, is psql's once the name has been said. */
  static PsqlCommand parse(List<String> words) throws UsageException {
    String name = null;
    Path file = null;
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals(ENV_FILE)) {
        i++;
        if (i == words.size()) {
          throw new UsageException(ENV_FILE + " needs a value");
        }
        file = Path.of(words.get(i));
      } else if (word.startsWith(ENV_FILE + "=")) {
        file = Path.of(word.substring(ENV_FILE.length() + 1));
      } else if (name == null) {
        name = word;
      } else {
        arguments.add(word);
      }
    }
    if (name == null || name.startsWith("-")) {
      throw new UsageException("psql needs a person's name, or sp for the service principal");
    }
    return new PsqlCommand(name, file, List.copyOf(arguments));
  }

  /**
   * Runs psql to its end, on this console.
   *
   * @param temporary where the folders of instances are
   * @param environment of this process
   * @return psql's status, or that of a shell that finds no psql
   */
  int run(Path temporary, Map<String, String> environment)
      throws IOException, InterruptedException {
    Map<String, String> instance = instance(temporary, environment);
    WorkspaceClient workspace = new WorkspaceClient(instance);
    boolean application = name.equals(SERVICE_PRINCIPAL);
    String token = application ? workspace.applicationsToken() : workspace.tokenOf(name);
    String user = application ? workspace.required("DATABRICKS_CLIENT_ID") : name;

    ProcessBuilder psql = new ProcessBuilder(command()).inheritIO();
    Map<String, String> variables = psql.environment();
    variables.keySet().removeIf(variable -> variable.startsWith("PG"));
    for (String variable : List.of("PGHOST", "PGPORT", "PGDATABASE", "PGSSLROOTCERT")) {
      variables.put(variable, workspace.required(variable));
    }
    variables.put("PGSSLMODE", "verify-full");
    variables.put("PGUSER", user);
    variables.put("PGPASSWORD", workspace.databaseCredential(token));
    return run(psql);
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(List.of("psql"));
    command.addAll(arguments);
    return command;
  }

  private static int run(ProcessBuilder psql) throws InterruptedException {
    Process process;
    try {
      process = psql.start();
    } catch (IOException e) {
      System.err.println(
          "psql was not found: install PostgreSQL's client (Debian, Ubuntu: postgresql-client;"
              + " Homebrew: libpq), and have it in the PATH");
      return EXIT_NOT_FOUND;
    }
    // Ctrl-C ends a query in psql, not psql; this process gets it too, and must not go before.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(end(process)), "psql-end"));
    return process.waitFor();
  }

  private static int end(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      return 1;
    }
  }

  /** A variable of a real workspace is not ours to use, so it must name loopback. */
  private Map<String, String> instance(Path temporary, Map<String, String> environment)
      throws IOException {
    if (environmentFile != null) {
      return EnvironmentFile.read(environmentFile);
    }
    String host = Objects.requireNonNullElse(environment.get("DATABRICKS_HOST"), "");
    return host.startsWith("http://127.0.0.1:") && environment.containsKey("PGHOST")
        ? environment
        : RunningInstances.only(temporary);
  }
}
