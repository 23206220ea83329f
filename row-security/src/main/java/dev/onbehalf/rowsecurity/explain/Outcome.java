package dev.onbehalf.rowsecurity.explain;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What an expression came to for a person: a text, null, or an error. */
record Outcome(@Nullable String text, @Nullable Failure error) {

  /** When an error comes, which decides whether the command can end without it. */
  enum When {
    /** The expression's text could not be read as it was meant: it tells nothing of the server. */
    NOT_EVALUATED,
    /** Before the first row, so whatever the row is. */
    AT_START,
    /** On this row. */
    ON_ROW
  }

  record Failure(When when, String state, String text) {
    static Failure of(When when, SQLException e) {
      String state = e.getSQLState() == null ? "?????" : e.getSQLState();
      return new Failure(when, state, sentence(e));
    }

    /** A table's policies read the table again. */
    boolean isRecursion() {
      return state.equals("42P17");
    }
  }

  static Outcome failed(When when, SQLException e) {
    return new Outcome(null, Failure.of(when, e));
  }

  boolean isTrue() {
    return error == null && "true".equals(text);
  }

  Outcome negated() {
    return text == null ? this : new Outcome(text.equals("true") ? "false" : "true", null);
  }

  /** The server's message alone: the driver's has the position and the context too. */
  static String sentence(SQLException e) {
    ServerErrorMessage server =
        e instanceof PSQLException driver ? driver.getServerErrorMessage() : null;
    String message = server == null ? e.getMessage() : server.getMessage();
    return message == null ? e.toString() : message;
  }
}
