package dev.onbehalf.servlet;

import static dev.onbehalf.identity.RoleSetup.identifier;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SQL that PostgreSQL refused, as far as the library that sent it tells. It has what a refusal
 * leaves out: in which schema an object is, and what was to be done with it. It is never shown.
 */
final class FailedStatement {
  /** Spring's and Hibernate's exceptions have it, each by a name of its own. */
  private static final List<String> GETTERS = List.of("getSql", "getSQL");

  private static final int LONGEST = 20_000;

  /** What stands before a table's name, and so says what is done with it. */
  private static final String ACTION =
      "\\b(insert\\s+into|update|delete\\s+from|merge\\s+into|truncate|lock|references|from|join"
          + "|using|table|on)\\s+(?:table\\s+)?(?:only\\s+)?";

  private static final String SCHEMA =
      "(\"[^\"]*+(?:\"\"[^\"]*+)*+\"|[\\p{L}_][\\p{L}\\p{N}_$]*+)\\s*+\\.\\s*+";

  private final String sql;

  FailedStatement(String sql) {
    String stripped = sql.strip();
    this.sql = stripped.substring(0, Math.min(stripped.length(), LONGEST));
  }

  static FailedStatement of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      for (String getter : GETTERS) {
        Optional<String> sql = call(getter, cause);
        if (sql.isPresent()) {
          return new FailedStatement(sql.get());
        }
      }
    }
    return new FailedStatement("");
  }

  private static Optional<String> call(String getter, Throwable failure) {
    try {
      Method method = failure.getClass().getMethod(getter);
      return method.invoke(failure) instanceof String sql ? Optional.of(sql) : Optional.empty();
    } catch (ReflectiveOperationException e) {
      return Optional.empty(); // It has none, or does not tell.
    }
  }

  /** Its command's first word, in small letters; empty when it is not known. */
  String command() {
    return sql.split("\\W", 2)[0].toLowerCase(Locale.ROOT);
  }

  /** The object's name as SQL has it, with its schema if that is in the statement. */
  String qualified(String name) {
    Matcher matcher = matcher(SCHEMA + named(name));
    if (!matcher.find()) {
      return identifier(name);
    }
    String schema = matcher.group(1);
    return (schema.startsWith("\"") ? schema : identifier(schema.toLowerCase(Locale.ROOT)))
        + "."
        + identifier(name);
  }

  /** What the statement needs on the table of that name (PostgreSQL manual, "Privileges"). */
  List<String> privileges(String table) {
    Matcher matcher = matcher(ACTION + "(?:" + SCHEMA + ")?" + named(table));
    String action = matcher.find() ? matcher.group(1).toLowerCase(Locale.ROOT) : command();
    return switch (action.split("\\s", 2)[0]) {
      case "insert" -> ofInsert();
      case "update" -> List.of("SELECT", "UPDATE");
      case "delete" -> List.of("SELECT", "DELETE");
      case "merge" -> List.of("SELECT", "INSERT", "UPDATE", "DELETE");
      case "truncate" -> List.of("TRUNCATE");
      case "lock" -> List.of("UPDATE");
      case "references" -> List.of("REFERENCES");
      default -> ofOthers();
    };
  }

  private List<String> ofInsert() {
    if (has("\\bdo\\s+update\\b")) {
      return List.of("SELECT", "INSERT", "UPDATE");
    }
    return has("\\breturning\\b|\\bon\\s+conflict\\b")
        ? List.of("SELECT", "INSERT")
        : List.of("INSERT");
  }

  private List<String> ofOthers() {
    return switch (command()) {
      case "create" -> List.of(has("\\btrigger\\b") ? "TRIGGER" : "SELECT");
      case "copy" -> List.of(has("\\bfrom\\b") ? "INSERT" : "SELECT");
      case "refresh", "vacuum", "analyze", "cluster", "reindex" -> List.of("MAINTAIN");
      default ->
          has("\\bfor\\s+(no\\s+key\\s+update|update|key\\s+share|share)\\b")
              ? List.of("SELECT", "UPDATE")
              : List.of("SELECT");
    };
  }

  private boolean has(String pattern) {
    return matcher(pattern).find();
  }

  private Matcher matcher(String pattern) {
    return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE).matcher(sql);
  }

  /** Not as the beginning of a longer name, and not as what a column is of. */
  private static String named(String name) {
    return "(?:%s|%s(?![\\p{L}\\p{N}_$.]))"
        .formatted(Pattern.quote(identifier(name)), Pattern.quote(name));
  }
}
