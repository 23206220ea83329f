package dev.onbehalf.rowsecurity.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ExpressionTest {
  private static final TableName TABLE = new TableName("s", "t");
  private static final Set<String> COLUMNS = Set.of("a", "b c", "text", "END");

  @Test
  void andsAndOrsAreTakenApartAtTheTop() {
    Expression parsed =
        Expression.parse("(((a = 1) AND (a = ANY (ARRAY[1, 2]))) OR (\"b c\" = 'x OR (y'::text))");
    assertThat(parsed.joinedBy()).isEqualTo("OR");
    assertThat(parsed.parts()).extracting(Expression::joinedBy).containsExactly("AND", "");
    assertThat(parsed.parts().get(1).text()).isEqualTo("\"b c\" = 'x OR (y'::text");
  }

  @Test
  void soAreThoseUnderANot() {
    Expression parsed = Expression.parse("(NOT ((a = 1) OR (NOT (((a = 2) AND (a = 3))))))");
    assertThat(parsed.joinedBy()).isEqualTo("NOT");
    Expression either = parsed.parts().get(0);
    assertThat(either.joinedBy()).isEqualTo("OR");
    assertThat(either.parts()).extracting(Expression::joinedBy).containsExactly("", "NOT");
    assertThat(either.parts().get(1).parts().get(0).text()).isEqualTo("(a = 2) AND (a = 3)");
  }

  @Test
  void whatIsWithinIsLeftTogether() {
    for (String whole :
        new String[] {
          "CASE WHEN ((a = 1) AND (a = 2)) THEN true ELSE (a = 3) END",
          "NOT (a = 1)",
          "NOT s.f(((a = 1) OR (a = 2)))",
          "COALESCE((NOT ((a = 1) OR (a = 2))), true)",
          "EXISTS ( SELECT 1 FROM u WHERE ((u.x = t.a) AND u.y))",
          "'it''s AND E\\'::text = a",
          "\"a AND b\" = 1",
        }) {
      assertThat(Expression.parse(whole).parts()).as(whole).isEmpty();
    }
  }

  @Test
  void operandsAreColumnsUsersSettingsAndCallsWithoutArguments() {
    Expression parsed =
        Expression.parse(
            "((a)::text = ( SELECT app.tenant() AS a)) = (t.\"END\" = (u.a)::text) ="
                + " (current_setting('x.y'::text, true) = (CURRENT_USER)::text) = f(\"b c\")");
    assertThat(parsed.operands(TABLE, COLUMNS))
        .containsOnlyKeys(
            "a", "app.tenant()", "END", "current_setting('x.y', true)", "current_user", "b c")
        .containsEntry("END", "\"t\".\"END\"");
  }

  @Test
  void sessionUserIsReplacedWhereItIsMeant() {
    assertThat(Expression.withSessionUser("(a = SESSION_USER) AND (b = 'SESSION_USER')", "x'y"))
        .isEqualTo("(a = E'x''y'::pg_catalog.name) AND (b = 'SESSION_USER')");
  }
}
