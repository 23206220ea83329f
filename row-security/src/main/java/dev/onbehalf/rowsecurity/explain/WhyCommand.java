package dev.onbehalf.rowsecurity.explain;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The program's question why a person sees a row, or may change it.
 *
 * <pre>
 * --why shop.orders id=42 --as bob@example.com
 * --why shop.orders id=42 --as bob@example.com --command update --set status=paid --json
 * --why shop.orders --as bob@example.com --command insert --set id=43 --set-null created_by
 * </pre>
 */
public final class WhyCommand {
  /** What the options are. */
  public static final String USAGE =
      """
      --why SCHEMA.TABLE [COLUMN=VALUE ...]  why does a person see the row with these values, or not
      --as PERSON                            the person's role
      --command select|insert|update|delete  what they do with it (select)
      --set COLUMN=VALUE                     a value that an insert or update proposes; repeatable
      --set-null COLUMN                      the same with NULL
      --returning                            the statement ends in RETURNING *
      --json                                 answer in JSON
      Ends with 0 if the person sees the row or may do it, 1 if not, 2 if it can't be said.
      """;

  private static final int NO = 1;
  private static final int NO_ANSWER = 2;

  private final Question question;
  private final boolean json;

  private WhyCommand(Question question, boolean json) {
    this.question = question;
    this.json = json;
  }

  /** Whether these arguments are for this command. */
  public static boolean isMeant(List<String> arguments) {
    return arguments.stream().anyMatch(word -> word.equals("--why") || word.startsWith("--why="));
  }

  /**
   * Answers on {@code out}, and says on {@code err} what is wrong with the question.
   *
   * @param arguments only options of this command
   * @param asker an administrator, or the owner of the table
   * @return the exit code
   */
  public static int run(
      List<String> arguments, DataSource asker, PrintStream out, PrintStream err) {
    try {
      WhyCommand command = parse(arguments);
      Explanation why = RowExplainer.asking(asker).explain(command.question);
      out.print(command.json ? why.json() + "\n" : why.text());
      out.flush();
      return switch (why.verdict()) {
        case ALLOWED -> 0;
        case UNKNOWN, NOT_SEEN -> NO_ANSWER;
        default -> NO;
      };
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
    } catch (SQLException e) {
      err.println("The database can't say: " + Outcome.sentence(e));
    }
    return NO_ANSWER;
  }

  /**
   * @throws IllegalArgumentException if an option is unknown or lacks its value
   */
  static WhyCommand parse(List<String> arguments) {
    Deque<String> rest = new ArrayDeque<>(arguments);
    TableName table = null;
    String person = null;
    Command command = Command.SELECT;
    Map<String, String> key = new LinkedHashMap<>();
    Map<String, @Nullable String> proposed = new LinkedHashMap<>();
    boolean returning = false;
    boolean json = false;
    while (!rest.isEmpty()) {
      String option = split(rest);
      switch (option) {
        case "--why" -> {
          table = TableName.parse(value(option, rest));
          while (!rest.isEmpty() && !rest.element().startsWith("--")) {
            put(option, rest.remove(), key);
          }
        }
        case "--as" -> person = value(option, rest);
        case "--command" -> command = Command.named(value(option, rest));
        case "--set" -> put(option, value(option, rest), proposed);
        case "--set-null" -> proposed.put(value(option, rest), null);
        case "--returning" -> returning = true;
        case "--json" -> json = true;
        default -> throw new IllegalArgumentException("Unknown argument: " + option);
      }
    }
    if (table == null || person == null) {
      throw new IllegalArgumentException("--why and --as are both needed:\n" + USAGE);
    }
    return new WhyCommand(new Question(person, command, table, key, proposed, returning), json);
  }

  /** {@code --name=value} is {@code --name value}. */
  private static String split(Deque<String> rest) {
    String word = rest.remove();
    int equals = word.startsWith("--") ? word.indexOf('=') : -1;
    if (equals < 0) {
      return word;
    }
    rest.addFirst(word.substring(equals + 1));
    return word.substring(0, equals);
  }

  private static String value(String option, Deque<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.remove();
  }

  private static void put(String option, String pair, Map<String, ? super String> values) {
    int equals = pair.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(option + " takes COLUMN=VALUE, not " + pair);
    }
    values.put(pair.substring(0, equals), pair.substring(equals + 1));
  }

  Question question() {
    return question;
  }
}
