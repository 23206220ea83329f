package dev.onbehalf.lakebaselocal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the program is told to run.
 *
 * @param environmentFile where the environment is written too
 * @param proxy where people sign in, in front of which application
 */
record Options(
    LakebaseLocal.Builder lakebase, @Nullable Path environmentFile, @Nullable ProxyPorts proxy) {

  /** A proxy's own port, and the one of the application behind it. */
  record ProxyPorts(int own, int application) {}

  static Options parse(List<String> arguments) throws UsageException {
    LakebaseLocal.Builder builder = LakebaseLocal.builder();
    Path environmentFile = null;
    ProxyPorts proxy = null;
    Iterator<String> rest = split(arguments).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--users" -> names(value(option, rest)).forEach(builder::user);
        case "--people-without-role" ->
            names(value(option, rest)).forEach(builder::personWithoutRole);
        case "--database" -> builder.database(value(option, rest));
        case "--max-connections" -> builder.maxConnections(number(option, value(option, rest)));
        case "--port" -> builder.port(port(option, value(option, rest)));
        case "--workspace-port" -> builder.workspacePort(port(option, value(option, rest)));
        case "--env-file" -> environmentFile = path(option, value(option, rest));
        case "--passwords" ->
            builder.takesAccessTokens(isAccessTokens(option, value(option, rest)));
        case "--data" -> builder.data(path(option, value(option, rest)));
        case "--grant" -> builder.grant(value(option, rest));
        case "--sql" ->
            addScript(builder, option, value(option, rest), Script.As.SERVICE_PRINCIPAL);
        case "--admin-sql" ->
            addScript(builder, option, value(option, rest), Script.As.ADMINISTRATOR);
        case "--proxy" -> proxy = proxyPorts(option, value(option, rest));
        default -> throw new UsageException("Unknown argument: " + option);
      }
    }
    return new Options(builder, environmentFile, proxy);
  }

  private static boolean isAccessTokens(String option, String value) throws UsageException {
    return switch (value) {
      case "access-tokens" -> true;
      case "credentials" -> false;
      default ->
          throw new UsageException(option + " is credentials or access-tokens, not " + value);
    };
  }

  /** {@code --name=value} is {@code --name value}. */
  private static List<String> split(List<String> arguments) {
    List<String> words = new ArrayList<>();
    for (String argument : arguments) {
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      words.add(equals < 0 ? argument : argument.substring(0, equals));
      if (equals >= 0) {
        words.add(argument.substring(equals + 1));
      }
    }
    return words;
  }

  private static String value(String option, Iterator<String> rest) throws UsageException {
    if (!rest.hasNext()) {
      throw new UsageException(option + " needs a value");
    }
    return rest.next();
  }

  private static List<String> names(String value) {
    return List.of(value.split(",", -1)).stream().map(String::strip).toList();
  }

  private static Path path(String option, String value) throws UsageException {
    if (value.isBlank()) {
      throw new UsageException(option + " needs a path");
    }
    return Path.of(value);
  }

  private static int number(String option, String value) throws UsageException {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new UsageException(option + " needs a whole number, not " + value);
    }
  }

  private static int port(String option, String value) throws UsageException {
    int port = number(option, value);
    if (port < 1 || port > 65_535) {
      throw new UsageException(option + " needs a port from 1 to 65535, not " + value);
    }
    return port;
  }

  private static ProxyPorts proxyPorts(String option, String value) throws UsageException {
    String[] ports = value.split(":", -1);
    if (ports.length != 2) {
      throw new UsageException(
          option + " needs its own port and the application's, such as 8080:9090, not " + value);
    }
    ProxyPorts both = new ProxyPorts(port(option, ports[0]), port(option, ports[1]));
    if (both.own() == both.application()) {
      throw new UsageException(option + " needs two ports, not the same one twice");
    }
    return both;
  }

  private static void addScript(
      LakebaseLocal.Builder builder, String option, String file, Script.As as)
      throws UsageException {
    try {
      builder.script(file, Files.readString(path(option, file)), as);
    } catch (IOException e) {
      throw new UsageException(
          "%s %s can't be read: %s".formatted(option, file, Unreadable.why(e)));
    }
  }
}
