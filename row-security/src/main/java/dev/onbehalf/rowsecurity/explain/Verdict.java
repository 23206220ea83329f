package dev.onbehalf.rowsecurity.explain;

/** What a command comes to, as far as grants and Row-Level Security decide it. */
public enum Verdict {
  /** The row is seen, inserted, updated or deleted. */
  ALLOWED,

  /** The command finds no such row, though there is one, and ends without an error. */
  HIDDEN,

  /** The command ends in the error "insufficient privilege" (42501). */
  REFUSED,

  /** The command ends in another error, which a policy raises. */
  FAILS,

  /** There is no such row. */
  NO_SUCH_ROW,

  /** Who asks sees no such row, and may not be told whether there is one. */
  NOT_SEEN,

  /** It could not be found out; the notes say why. */
  UNKNOWN
}
