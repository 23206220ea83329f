package dev.onbehalf.rowsecurity.explain;

import java.util.List;

/**
 * Why a command of a person's does what it does with a row.
 *
 * <pre>{@code
 * Explanation why = RowExplainer.asking(administrator).explain(question);
 * assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.HIDDEN);
 * System.out.println(why.headline());
 * }</pre>
 *
 * Holds values of the row, for whoever asked. Immutable.
 *
 * @param statement the command as it is explained
 * @param rights which it needs; only what all may read in the catalog
 * @param checks in the order of their effect; empty if no policy is asked
 * @param notes what could make the server do something else
 */
public record Explanation(
    Question question,
    Verdict verdict,
    String headline,
    String statement,
    List<Right> rights,
    RowSecurityStatus rowSecurity,
    List<Check> checks,
    ServerAnswer server,
    List<String> notes) {

  /** Several lines, for people. */
  public String text() {
    return Narration.text(this);
  }

  /** One JSON object. */
  public String json() {
    return Json.of(this);
  }
}
