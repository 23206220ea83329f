package dev.onbehalf.rowsecurity.explain;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Says why a person sees a row, or may insert, update or delete it, or not: which grants admit the
 * command, whether Row-Level Security applies, and what each policy comes to on this row for this
 * person.
 *
 * <pre>{@code
 * RowExplainer explainer = RowExplainer.asking(administrator);
 * TableName orders = TableName.parse("shop.orders");
 * String why = explainer.explain("bob@example.com", orders, Map.of("id", "42"), Command.SELECT).text();
 * }</pre>
 *
 * Whoever asks needs the right to see the row: the table's owner, or an administrator; and the
 * right to SET ROLE to the person. Each question is one transaction that is rolled back, READ ONLY
 * unless a policy writes. Policies are evaluated in it, as the server would, and the functions that
 * they call run in the asker's session: a superuser who asks trusts those who write policies.
 *
 * <p>Thread-safe, if the data source is. Works on PostgreSQL 13 to 18.
 */
public final class RowExplainer {
  private final DataSource asker;
  private final PersonConnections connections;

  private RowExplainer(DataSource asker, PersonConnections connections) {
    this.asker = asker;
    this.connections = connections;
  }

  /** Questions asked by whoever logs in here. */
  public static RowExplainer asking(DataSource asker) {
    return new RowExplainer(asker, PersonConnections.NONE);
  }

  /**
   * The same, with the server asked on people's own connections. What changes rows is tried there
   * too and rolled back: triggers run, and sequences go on.
   */
  public RowExplainer withConnectionsOf(PersonConnections people) {
    return new RowExplainer(asker, people);
  }

  /**
   * Explains a command on a row that is there.
   *
   * @throws CannotAskException if whoever asks lacks a right that the answer takes
   * @throws IllegalArgumentException if there is no such table, column or role, or the key names
   *     several rows
   * @throws SQLException if the database can't be asked
   */
  public Explanation explain(
      String person, TableName table, Map<String, String> key, Command command)
      throws SQLException {
    return explain(Question.of(person, command, table, key));
  }

  /** The same for any question. */
  public Explanation explain(Question question) throws SQLException {
    try (Connection connection = asker.getConnection()) {
      return explain(connection, question, connections);
    }
  }

  /**
   * Says how many rows of tables two people see, and which grants and policies make the difference.
   *
   * @throws CannotAskException if whoever asks lacks a right that the answer takes
   * @throws IllegalArgumentException if there is no such table or role
   */
  public Comparison compare(String first, String second, List<TableName> tables)
      throws SQLException {
    try (Connection connection = asker.getConnection()) {
      return inTransaction(connection, session -> compare(session, first, second, tables));
    }
  }

  private static Comparison compare(
      Session session, String first, String second, List<TableName> tables) throws SQLException {
    List<Comparison.Table> compared = new ArrayList<>();
    for (TableName table : tables) {
      compared.add(
          TableComparison.of(
              Subject.read(session, table, first), Subject.read(session, table, second)));
    }
    return new Comparison(first, second, compared);
  }

  /**
   * A person's own question, on their own connection. It says nothing that they may not see: a row
   * that they don't see and one that doesn't exist have the same answer.
   *
   * @param own logs in as the person whom the question is about
   * @throws IllegalArgumentException if the connection is somebody else's
   */
  public static Explanation explainToPerson(DataSource own, Question question) throws SQLException {
    try (Connection connection = own.getConnection()) {
      requireOwn(connection, question.person());
      return explain(connection, question, PersonConnections.NONE);
    }
  }

  private static void requireOwn(Connection connection, String person) throws SQLException {
    try (Session session = Session.open(connection, true)) {
      List<String> users =
          session.list(
              "SELECT unnest(ARRAY[session_user, current_user])::text", row -> row.getString(1));
      for (String user : users) {
        if (!user.equals(person)) {
          throw new IllegalArgumentException(
              "The connection is of %s, and the question about %s".formatted(user, person));
        }
      }
    }
  }

  private static Explanation explain(
      Connection connection, Question question, PersonConnections people) throws SQLException {
    return explain(connection, List.of(question), people).get(0);
  }

  /** Several questions in one transaction, which cost less than one by one. */
  static List<Explanation> explain(
      Connection connection, List<Question> questions, PersonConnections people)
      throws SQLException {
    return inTransaction(connection, session -> explain(session, questions, people));
  }

  @FunctionalInterface
  private interface Work<T> {
    T in(Session session) throws SQLException;
  }

  /** READ ONLY, and once more in one that may write if a policy wants to. */
  private static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
    try (Session session = Session.open(connection, true)) {
      return work.in(session);
    } catch (AsPerson.WritesException e) {
      try (Session session = Session.open(connection, false)) {
        return work.in(session);
      }
    }
  }

  private static List<Explanation> explain(
      Session session, List<Question> questions, PersonConnections people) throws SQLException {
    Map<List<Object>, Subject> subjects = new HashMap<>();
    List<Explanation> explanations = new ArrayList<>();
    for (Question question : questions) {
      List<Object> key = List.of(question.table(), question.person());
      Subject subject = subjects.get(key);
      if (subject == null) {
        subject = Subject.read(session, question.table(), question.person());
        subjects.put(key, subject);
      }
      explanations.add(new Examination(subject, question, people).explain());
    }
    return explanations;
  }
}
