package dev.onbehalf.rowsecurity.explain;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What two people see of tables.
 *
 * <pre>{@code
 * Comparison compared = explainer.compare("alice@example.com", "bob@example.com", tables);
 * System.out.println(compared.text());
 * long alices = compared.tables().get(0).first().rows();
 * }</pre>
 *
 * Immutable.
 */
public record Comparison(String first, String second, List<Table> tables) {

  /**
   * One table.
   *
   * @param rows that there are, as far as whoever asks sees them
   * @param counted of how many rows the policies were asked: 10,000 at most
   * @param policies those for SELECT that apply to one of them or both
   * @param differences what makes one see more than the other, in sentences
   */
  public record Table(
      TableName table,
      long rows,
      int counted,
      View first,
      View second,
      List<PolicyCount> policies,
      List<String> differences) {}

  /**
   * What one person sees.
   *
   * @param rows null if the query fails
   * @param error the server's own sentence then
   */
  public record View(
      @Nullable Long rows,
      @Nullable String error,
      List<Right> rights,
      RowSecurityStatus rowSecurity) {
    String words() {
      return rows == null ? "nothing (" + error + ")" : rows + (rows == 1 ? " row" : " rows");
    }
  }

  /**
   * For how many of the counted rows a policy is true.
   *
   * @param first null if it does not apply to the first person, or could not be counted
   */
  public record PolicyCount(
      String name,
      boolean permissive,
      @Nullable String expression,
      @Nullable Long first,
      @Nullable Long second) {}

  /** Several lines, for people. */
  public String text() {
    return tables.stream().map(this::text).collect(Collectors.joining("\n"));
  }

  private String text(Table table) {
    String differences =
        table.differences().stream()
            .map(difference -> "  " + difference + "\n")
            .collect(Collectors.joining());
    return "%s has %s rows: %s sees %s, %s sees %s\n%s"
        .formatted(
            table.table(),
            table.rows(),
            first,
            table.first().words(),
            second,
            table.second().words(),
            differences.isEmpty() ? "  no grant and no policy differs\n" : differences);
  }

  /** One JSON object. */
  public String json() {
    return Json.of(this);
  }
}
