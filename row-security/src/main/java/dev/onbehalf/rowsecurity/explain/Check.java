package dev.onbehalf.rowsecurity.explain;

import java.util.List;

/**
 * One condition that the server sets before a command: all permissive policies joined by OR, and
 * each restrictive one.
 *
 * @param policiesFor whose policies: an UPDATE that reads must satisfy those for SELECT too
 * @param on which row
 * @param failure what the command comes to if it is not true
 * @param result ALLOWED, the failure, or what an error in it makes of the command
 */
public record Check(
    Command policiesFor, On on, Verdict failure, Verdict result, List<PolicyResult> policies) {

  /** The row that is looked at. */
  public enum On {
    ROW_AS_IT_IS("the row as it is"),
    ROW_AS_PROPOSED("the row as it would be");

    final String words;

    On(String words) {
      this.words = words;
    }
  }

  /** Whether it lets the row through. */
  public boolean passes() {
    return result == Verdict.ALLOWED;
  }
}
