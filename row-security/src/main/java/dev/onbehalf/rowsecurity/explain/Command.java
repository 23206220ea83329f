package dev.onbehalf.rowsecurity.explain;

import java.util.Arrays;
import java.util.Locale;

/** What a person does with a row. */
public enum Command {
  SELECT("r", "sees", "does not see"),
  INSERT("a", "may insert", "may not insert"),
  UPDATE("w", "may update", "may not update"),
  DELETE("d", "may delete", "may not delete");

  /** As {@code pg_policy.polcmd} has it. */
  final String code;

  final String does;
  final String doesNot;

  Command(String code, String does, String doesNot) {
    this.code = code;
    this.does = does;
    this.doesNot = doesNot;
  }

  /**
   * The command of this name, in letters of any case.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Command named(String name) {
    return Arrays.stream(values())
        .filter(command -> command.name().equals(name.toUpperCase(Locale.ROOT)))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "A command is select, insert, update or delete, not " + name));
  }

  /** Whether it finds a row that is there already. */
  boolean findsRow() {
    return this != INSERT;
  }

  /** Whether a row is there afterwards that must satisfy the checks. */
  boolean leavesRow() {
    return this == INSERT || this == UPDATE;
  }
}
