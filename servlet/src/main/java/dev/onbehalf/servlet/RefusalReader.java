package dev.onbehalf.servlet;

import static dev.onbehalf.identity.RoleSetup.identifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.ServerErrorMessage;

/**
 * Tells what a 42501 is about. By the routine that refused, where that is enough: it is the same in
 * each language of the server. The rest stands in the sentence only, and is read if it is in
 * English; it is {@link Refusal.Unexplained} otherwise. Routines and sentences are those of
 * PostgreSQL 13 to 18.
 */
final class RefusalReader {
  private static final Pattern ON_COLUMN =
      Pattern.compile("permission denied for column \"(.+)\" of relation \"(.+)\"");

  /** The name as it is, but for types: quotes are a part of it. */
  private static final Pattern ON_OBJECT =
      Pattern.compile(
          "permission denied for ((?:materialized |foreign )?(?:table|view)|foreign server"
              + "|foreign-data wrapper|large object|[a-z]+) (.+)",
          Pattern.DOTALL);

  /** As SQL has it: where it needs quotes, they are there. */
  private static final String IDENTIFIER = "(?:[a-z_][a-z0-9_]*|\"(?:[^\"]++|\"\")++\")";

  private static final Pattern TYPE = Pattern.compile("(?:%s\\.)?%<s".formatted(IDENTIFIER));
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final Pattern TEMPORARY =
      Pattern.compile("permission denied to create temporary tables in database \"(.+)\"");
  private static final Pattern PARAMETER =
      Pattern.compile("permission denied to set parameter \"(.+)\"");
  private static final Pattern ROLE =
      Pattern.compile(
          "(?:permission denied to set role|must be able to SET ROLE|must be member of role)"
              + " \"(.+)\"");
  private static final Pattern POLICY =
      Pattern.compile("row violates row-level security policy (?:\"(.+)\" )?.*for table \"(.+)\"");

  /** In whichever quotes the server's language has. */
  private static final Pattern QUOTED =
      Pattern.compile("[\"»«„“『「]\\s*([^\"»«„“”『』「」]+?)\\s*[\"«»“”』」]");

  private static final Set<String> CREATING = Set.of("create", "alter", "import");

  private RefusalReader() {}

  static Refusal read(ServerErrorMessage error, FailedStatement statement) {
    String sentence = String.valueOf(error.getMessage());
    return switch (String.valueOf(error.getRoutine())) {
      case "exec_stmt_raise" -> new Refusal.Unexplained();
      case "ExecWithCheckOptions" -> policy(sentence);
      case "check_enable_rls" -> new Refusal.SecurityOff();
      case "CheckMyDatabase" -> first(sentence, "CONNECT", "DATABASE");
      case "InitTempTableNamespace" -> first(sentence, "TEMPORARY", "DATABASE");
      case "AlterSystemSetConfigFile" -> first(sentence, "ALTER SYSTEM", "PARAMETER");
      case "nextval_internal", "currval_oid", "lastval" -> sequence(sentence, "USAGE", statement);
      case "do_setval" -> sequence(sentence, "UPDATE", statement);
      default -> english(sentence, statement);
    };
  }

  private static List<String> quoted(String sentence) {
    List<String> names = new ArrayList<>();
    Matcher matcher = QUOTED.matcher(sentence);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** Another language may name the table before the policy; where it names one, it is the table. */
  private static Refusal policy(String sentence) {
    Matcher english = POLICY.matcher(sentence);
    if (english.find()) {
      return new Refusal.ByPolicy(english.group(2), english.group(1));
    }
    List<String> names = quoted(sentence);
    return new Refusal.ByPolicy(names.size() == 1 ? names.get(0) : null, null);
  }

  private static Refusal first(String sentence, String privilege, String kind) {
    List<String> names = quoted(sentence);
    return names.isEmpty()
        ? new Refusal.Unexplained()
        : new Refusal.Missing(privilege, kind + " " + identifier(names.get(0)));
  }

  private static Refusal sequence(String sentence, String privilege, FailedStatement statement) {
    Matcher matcher = ON_OBJECT.matcher(sentence);
    return matcher.matches()
        ? new Refusal.Missing(privilege, "SEQUENCE " + statement.qualified(matcher.group(2)))
        : new Refusal.Unexplained();
  }

  private static Refusal english(String sentence, FailedStatement statement) {
    if (POLICY.matcher(sentence).find()) {
      return policy(sentence);
    }
    if (sentence.startsWith("query would be affected by row-level security policy")) {
      return new Refusal.SecurityOff();
    }
    Matcher column = ON_COLUMN.matcher(sentence);
    if (column.matches()) {
      String table = column.group(2);
      String on = " (" + identifier(column.group(1)) + ")";
      return new Refusal.Missing(
          String.join(on + ", ", statement.privileges(table)) + on,
          "TABLE " + statement.qualified(table));
    }
    Matcher object = ON_OBJECT.matcher(sentence);
    if (object.matches()) {
      return onObject(object.group(1), object.group(2), statement);
    }
    Matcher temporary = TEMPORARY.matcher(sentence);
    if (temporary.matches()) {
      return first(sentence, "TEMPORARY", "DATABASE");
    }
    Matcher parameter = PARAMETER.matcher(sentence);
    if (parameter.matches()) {
      return new Refusal.Missing("SET", "PARAMETER " + identifier(parameter.group(1)));
    }
    Matcher role = ROLE.matcher(sentence);
    if (role.matches()) {
      return new Refusal.NoMember(role.group(1));
    }
    if (sentence.startsWith("must be owner of")) {
      return new Refusal.NotOwner();
    }
    return sentence.startsWith("permission denied") || sentence.startsWith("must ")
        ? new Refusal.NotAdministrator()
        : new Refusal.Unexplained();
  }

  private static Refusal onObject(String kind, String name, FailedStatement statement) {
    return switch (kind) {
      case "table", "view", "materialized view", "foreign table", "relation" ->
          new Refusal.Missing(
              String.join(", ", statement.privileges(name)), "TABLE " + statement.qualified(name));
      case "sequence" -> new Refusal.Missing("SELECT", "SEQUENCE " + statement.qualified(name));
      case "function", "procedure", "aggregate", "routine" ->
          new Refusal.Missing("EXECUTE", "ROUTINE " + statement.qualified(name));
      case "schema" ->
          new Refusal.Missing(
              CREATING.contains(statement.command()) ? "CREATE" : "USAGE",
              "SCHEMA " + identifier(name));
      case "database" -> new Refusal.Missing("CREATE", "DATABASE " + identifier(name));
      case "type" ->
          TYPE.matcher(name).matches()
              ? new Refusal.Missing("USAGE", "TYPE " + name)
              : new Refusal.Unexplained();
      case "large object" ->
          NUMBER.matcher(name).matches()
              ? new Refusal.Missing("SELECT, UPDATE", "LARGE OBJECT " + name)
              : new Refusal.Unexplained();
      case "language" -> new Refusal.Missing("USAGE", "LANGUAGE " + identifier(name));
      case "tablespace" -> new Refusal.Missing("CREATE", "TABLESPACE " + identifier(name));
      case "foreign server" -> new Refusal.Missing("USAGE", "FOREIGN SERVER " + identifier(name));
      case "foreign-data wrapper" ->
          new Refusal.Missing("USAGE", "FOREIGN DATA WRAPPER " + identifier(name));
      default -> new Refusal.Unexplained();
    };
  }
}
