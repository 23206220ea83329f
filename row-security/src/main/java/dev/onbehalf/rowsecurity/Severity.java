package dev.onbehalf.rowsecurity;

/** How much a {@link Finding} matters, the most first. */
public enum Severity {
  /** Somebody reads or writes what is another's, today. */
  ERROR,
  /** Somebody can, given something that is likely to come; or a policy costs time for each row. */
  WARNING,
  /** Nobody can, but what is written is not what happens. */
  NOTE;

  /** Whether this matters as much as the other, or more. */
  public boolean isAtLeast(Severity other) {
    return compareTo(other) <= 0;
  }
}
