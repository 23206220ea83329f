package dev.onbehalf.pool;

/**
 * Row-Level Security would not hold this role back, so its login was refused and the connection
 * closed before anyone could use it: the person would have seen every row. The message names the
 * reason and the SQL that removes it.
 *
 * <p>The SQLState is 28000, a refused login; 42501 would say that the role has too few rights, and
 * it has too many. Roles that are meant to see everything are let in with {@link
 * UserPoolOverrides#allowRlsBypass()}, all of them with {@link
 * UserPoolManager.Builder#allowRlsBypass}.
 */
public final class RlsBypassException extends LoginFailedException {
  private static final long serialVersionUID = 1L;

  private final String attribute;
  private final String remedy;

  /** Made by the pool. */
  public RlsBypassException(String user, String attribute, String remedy) {
    super(
        user,
        ("The login of \"%s\" is refused: its role %s, so Row-Level Security would not hold it back."
                + " An administrator of the database removes that with: %s")
            .formatted(user, attribute, remedy),
        "28000");
    this.attribute = attribute;
    this.remedy = remedy;
  }

  /** Why Row-Level Security does not hold the role, for example {@code has BYPASSRLS}. */
  public String attribute() {
    return attribute;
  }

  /** The SQL that takes it away, for example {@code ALTER ROLE "alice" NOBYPASSRLS;}. */
  public String remedy() {
    return remedy;
  }
}
