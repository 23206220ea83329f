package dev.onbehalf.rowsecurity.internal.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is true of every row, in the spellings of the server; and what is not. */
final class TruthTest {
  private static Truth truth(String text) {
    return Truth.of(Expression.of(text), name -> name.equals("id"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "(1 = 1)",
        "((owner = CURRENT_USER) OR true)",
        "(owner = owner)",
        "((owner)::text = (owner)::text)",
        "(CURRENT_USER IS NOT NULL)",
        "(id IS NOT NULL)",
        "(NOT false)",
        "((owner IS NULL) OR (owner IS NOT NULL))",
        "((owner = CURRENT_USER) OR (owner <> CURRENT_USER))",
        "((owner = CURRENT_USER) OR (NOT (owner = CURRENT_USER)))",
        "(owner ~~ '%'::text)",
        "(owner ~~* '%%'::text)",
        "(EXISTS ( SELECT 1))",
        "(EXISTS ( SELECT 1 AS \"?column?\"))",
        "( SELECT true AS bool)",
        "CASE WHEN (2 > 1) THEN true ELSE (owner = CURRENT_USER) END",
        "COALESCE(true, false)",
        "(CURRENT_USER <> ''::name)",
        "(CURRENT_USER = CURRENT_USER)",
        "((1 = 1) AND (CURRENT_USER IS NOT NULL))",
        "('a'::text = 'a'::text)",
        "(1 < 2)",
        "(NOT (1 = 2))",
        "((1 = 1) IS TRUE)",
        "(owner IS NOT DISTINCT FROM owner)",
        "(CURRENT_USER = ANY (ARRAY[CURRENT_USER, 'x'::name]))",
        "((owner = CURRENT_USER) OR (1 = 1) OR (id = 7))",
        "(COALESCE(owner, ''::text) = COALESCE(owner, ''::text))",
        "(lower(owner) = lower(owner))",
        "((owner = CURRENT_USER) IS NOT NULL)",
        "(((id)::text = CURRENT_USER) IS NOT NULL)",
      })
  void always(String text) {
    assertThat(truth(text)).isEqualTo(Truth.ALWAYS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(owner = CURRENT_USER)",
        "(owner IS NOT NULL)",
        "((owner = CURRENT_USER) AND true)",
        "(owner ~~ 'a%'::text)",
        "(EXISTS ( SELECT 1 FROM shop.m WHERE (m.who = CURRENT_USER)))",
        "(team IN ( SELECT m.team FROM shop.m m WHERE (m.who = CURRENT_USER)))",
        "shop.may_read(owner)",
        "(is_public = true)",
        "is_public",
        "CASE WHEN is_public THEN true ELSE (owner = CURRENT_USER) END",
        "COALESCE(is_public, true)",
        "(random() = random())",
        "((owner = CURRENT_USER) IS NULL)",
        "(shop.f(owner) = shop.f(owner))",
        "('alice'::text = owner)",
        "(owner = 'true'::text)",
      })
  void depends(String text) {
    assertThat(truth(text)).isEqualTo(Truth.DEPENDS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "false",
        "(1 = 2)",
        "(NOT true)",
        "((owner = CURRENT_USER) AND false)",
        "(owner <> owner)"
      })
  void never(String text) {
    assertThat(truth(text)).isEqualTo(Truth.NEVER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "NOT (", "- (", "COALESCE(", "(EXISTS ( SELECT 1 WHERE ", "a || ("})
  void however_deep_it_is_written_it_ends(String open) {
    String text =
        open.repeat(20_000)
            + "owner = CURRENT_USER"
            + ")".repeat(20_000 * (open.length() > 12 ? 2 : 1));
    Expression expression = Expression.of(text);
    assertThat(Truth.of(expression, name -> true)).isEqualTo(Truth.DEPENDS);
    assertThat(expression.isAboutPerson()).isTrue();
    assertThat(expression.personsColumns()).isNotNull();
  }

  @Test
  void however_long_it_is_it_ends_soon() {
    StringBuilder text = new StringBuilder("(owner = 'person0'::text)");
    for (int i = 1; i < 20_000; i++) {
      text.append(" OR (owner = 'person").append(i).append("'::text)");
    }
    assertTimeout(Duration.ofSeconds(5), () -> truth(text.toString()));
    String chain = "owner || ".repeat(20_000) + "owner";
    assertThat(truth(chain)).isEqualTo(Truth.DEPENDS);
  }

  @Test
  void whatever_is_written_is_read_without_an_error() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String[] words = {
      "(",
      ")",
      "owner",
      "=",
      "CURRENT_USER",
      "OR",
      "AND",
      "NOT",
      "'it''s'",
      "SELECT",
      "FROM",
      "::",
      "text",
      "EXISTS",
      "CASE",
      "WHEN",
      "END",
      "\"a\"\"b\"",
      ".",
      ",",
      "[",
      "]",
      "IS",
      "NULL",
      "ANY",
      "1.5",
      "E'\\''",
      "IN"
    };
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(14); n >= 0; n--) {
        text.append(words[random.nextInt(words.length)]).append(' ');
      }
      assertThatCode(
              () -> {
                Expression expression = Expression.of(text.toString());
                Truth.of(expression, name -> false);
                expression
                    .root()
                    .all()
                    .forEach(node -> assertThat(expression.text(node)).isNotNull());
              })
          .as("%s", text)
          .doesNotThrowAnyException();
    }
  }
}
