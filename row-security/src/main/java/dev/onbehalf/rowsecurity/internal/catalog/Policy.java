package dev.onbehalf.rowsecurity.internal.catalog;

import dev.onbehalf.rowsecurity.internal.expression.Expression;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A row of {@code pg_policy}.
 *
 * @param command r SELECT, a INSERT, w UPDATE, d DELETE, * all
 * @param roles whom it is for, {@link Role#PUBLIC} for everybody
 * @param relations what it depends on besides: tables that its sub-selects read
 * @param functions those that it calls, the system's left out
 */
public record Policy(
    String name,
    Relation table,
    char command,
    boolean isPermissive,
    List<Long> roles,
    Optional<Expression> using,
    Optional<Expression> check,
    Set<Relation> relations,
    Set<Function> functions) {

  /** Whether it is for this command: r, a, w or d. */
  public boolean isFor(char wanted) {
    return command == '*' || command == wanted;
  }

  /** What new rows must fulfil: WITH CHECK, or USING where that is missing. */
  public Optional<Expression> effectiveCheck() {
    return check.isPresent() ? check : using;
  }

  /** What a command's rows must fulfil first: new ones by INSERT (a), else those that are there. */
  public Optional<Expression> asked(char command) {
    return command == 'a' ? effectiveCheck() : using;
  }

  public String commandName() {
    return switch (command) {
      case 'r' -> "SELECT";
      case 'a' -> "INSERT";
      case 'w' -> "UPDATE";
      case 'd' -> "DELETE";
      default -> "ALL";
    };
  }

  /** {@code ALTER POLICY} up to what is altered. */
  public String alter() {
    return "ALTER POLICY %s ON %s".formatted(Names.quoted(name), table.quoted());
  }

  /** {@code DROP POLICY}: another finding may have it dropped already. */
  public String drop() {
    return "DROP POLICY IF EXISTS %s ON %s;".formatted(Names.quoted(name), table.quoted());
  }

  /** For people. */
  @Override
  public String toString() {
    return table + " policy " + Names.readable(name);
  }
}
