package dev.onbehalf.rowsecurity.internal.expression;

import static dev.onbehalf.rowsecurity.internal.expression.Expression.bare;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** Whether a condition is true, or false, whatever row it is asked of and whoever asks. */
public enum Truth {
  ALWAYS,
  NEVER,
  DEPENDS;

  /**
   * What is known of it without any row.
   *
   * @param isNeverNull of the table's own columns
   */
  public static Truth of(Expression expression, Predicate<String> isNeverNull) {
    return new Reader(expression, isNeverNull).of(expression.root());
  }

  private Truth negated() {
    return this == ALWAYS ? NEVER : this == NEVER ? ALWAYS : DEPENDS;
  }

  private static Truth of(boolean is) {
    return is ? ALWAYS : NEVER;
  }

  private record Reader(Expression expression, Predicate<String> isNeverNull) {
    private static final Set<String> REFLEXIVE =
        Set.of("=", "<=", ">=", "~~", "~~*", "IS NOT DISTINCT FROM", "@>", "<@");
    private static final Set<String> CHANGING =
        Set.of(
            "random",
            "random_normal",
            "clock_timestamp",
            "timeofday",
            "gen_random_uuid",
            "uuidv4",
            "uuidv7",
            "nextval",
            "set_config");
    private static final Set<String> COMPARING =
        Set.of("=", "<>", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*");

    Truth of(Node node) {
      if (node instanceof Node.Constant constant && !isNull(constant)) {
        String value = constant.value().toLowerCase(Locale.ROOT);
        return Set.of("true", "t", "yes", "on", "1", "y").contains(value)
            ? ALWAYS
            : Set.of("false", "f", "no", "off", "0", "n").contains(value) ? NEVER : DEPENDS;
      } else if (node instanceof Node.Constant) {
        return NEVER; // NULL
      } else if (node instanceof Node.Cast cast) {
        return of(cast.of());
      } else if (node instanceof Node.Not not) {
        // NOT NULL is NULL: as a condition, no more true than NULL itself
        return bare(not.of()) instanceof Node.Constant c && isNull(c)
            ? NEVER
            : of(not.of()).negated();
      } else if (node instanceof Node.Junction junction) {
        return ofJunction(junction);
      } else if (node instanceof Node.Is is) {
        return ofIs(is);
      } else if (node instanceof Node.Binary binary) {
        return ofBinary(binary);
      } else if (node instanceof Node.Call call && call.name().equals("coalesce")) {
        // whichever comes first, if it is always the same
        List<Truth> truths = call.parts().stream().map(this::of).toList();
        boolean isFirst =
            new HashSet<>(truths).size() == 1 || bare(call.parts().get(0)) instanceof Node.Constant;
        return isFirst ? truths.get(0) : DEPENDS;
      } else if (node instanceof Node.SubSelect select) {
        return ofSubSelect(select);
      } else if (node instanceof Node.Other other && other.name().equals("CASE")) {
        return ofCase(other);
      }
      return DEPENDS;
    }

    private static boolean isNull(Node.Constant constant) {
      return !constant.isString() && constant.value().equals("null");
    }

    private Truth ofJunction(Node.Junction junction) {
      List<Truth> truths = junction.parts().stream().map(this::of).toList();
      Truth decides = Truth.of(!junction.isAnd());
      if (truths.contains(decides)) {
        return decides;
      }
      if (truths.stream().allMatch(decides.negated()::equals)) {
        return decides.negated();
      }
      return !junction.isAnd() && hasOpposites(junction.parts()) ? ALWAYS : DEPENDS;
    }

    /** {@code x OR NOT x}, {@code x IS NULL OR x IS NOT NULL}, {@code x = y OR x <> y}. */
    private boolean hasOpposites(List<Node> parts) {
      Set<String> said = new HashSet<>();
      Set<String> denied = new HashSet<>();
      for (Node part : parts) {
        said.add(key(part));
        if (part instanceof Node.Not not) {
          denied.add(key(not.of()));
        } else if (part instanceof Node.Is is) {
          (is.isNegated() ? denied : said).add("IS " + is.test() + " " + key(is.of()));
        } else if (part instanceof Node.Binary binary && !binary.isAny()) {
          String sides = key(binary.left()) + " = " + key(binary.right());
          if (binary.operator().equals("=")) {
            said.add(sides);
          } else if (binary.operator().equals("<>")) {
            denied.add(sides);
          }
        }
      }
      return !Collections.disjoint(said, denied);
    }

    private String key(Node node) {
      return stripped(expression.text(bare(node)));
    }

    private boolean isSame(Node one, Node other) {
      return key(one).equals(key(other));
    }

    private static String stripped(String text) {
      String stripped = text.strip();
      while (stripped.startsWith("(") && stripped.endsWith(")") && isOnePair(stripped)) {
        stripped = stripped.substring(1, stripped.length() - 1).strip();
      }
      return stripped;
    }

    private static boolean isOnePair(String text) {
      int depth = 0;
      for (int i = 0; i < text.length() - 1; i++) {
        depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
        if (depth == 0) {
          return false;
        }
      }
      return true;
    }

    private Truth ofIs(Node.Is is) {
      Node of = bare(is.of());
      boolean isNever = isNeverNull(of);
      if (is.test().equals("NULL") && isNever) {
        return Truth.of(is.isNegated());
      }
      if (is.test().equals("NULL") && is.isNegated() && isComparison(of)) {
        return ALWAYS; // NULL aside, as below
      }
      if (is.test().equals("NULL") && of instanceof Node.Constant c && isNull(c)) {
        return Truth.of(!is.isNegated());
      }
      Truth truth = of(of);
      if (truth != DEPENDS && (is.test().equals("TRUE") || is.test().equals("FALSE"))) {
        return Truth.of((truth == ALWAYS) == is.test().equals("TRUE") != is.isNegated());
      }
      return DEPENDS;
    }

    private static boolean isComparison(Node node) {
      return node instanceof Node.Binary binary
          && !binary.isAny()
          && COMPARING.contains(binary.operator());
    }

    private boolean isNeverNull(Node node) {
      Node bare = bare(node);
      return bare instanceof Node.Special
          || bare instanceof Node.Is
          || (isComparison(bare) && bare.parts().stream().allMatch(this::isNeverNull))
          || (bare instanceof Node.Constant constant && !isNull(constant))
          || (bare instanceof Node.Column column
              && column.table().isEmpty()
              && isNeverNull.test(column.name()));
    }

    private Truth ofBinary(Node.Binary binary) {
      Node left = bare(binary.left());
      Node right = bare(binary.right());
      String operator = binary.operator();
      if (binary.isAny()) {
        boolean isListed =
            operator.equals("=")
                && right instanceof Node.Other array
                && array.name().equals("ARRAY")
                && array.parts().stream().anyMatch(part -> isSame(part, left));
        return isListed ? ALWAYS : DEPENDS;
      }
      if (left instanceof Node.Constant a && right instanceof Node.Constant b) {
        return isNull(a) || isNull(b) ? NEVER : ofConstants(operator, a.value(), b.value());
      }
      if (isSame(left, right) && !isChanging(left)) {
        // NULL aside, of which a person's own rows have none either
        return REFLEXIVE.contains(operator)
            ? ALWAYS
            : Set.of("<>", "<", ">").contains(operator) ? NEVER : DEPENDS;
      }
      if (operator.startsWith("~~")
          && right instanceof Node.Constant pattern
          && !pattern.value().isEmpty()
          && pattern.value().chars().allMatch(c -> c == '%')) {
        return ALWAYS;
      }
      if (operator.equals("<>") && (isUserAndNobody(left, right) || isUserAndNobody(right, left))) {
        return ALWAYS;
      }
      // (select true) = true and the like
      Truth a = of(left);
      if (operator.equals("=") && a != DEPENDS && right instanceof Node.Constant) {
        return Truth.of(a == of(right));
      }
      return DEPENDS;
    }

    /** {@code current_user <> ''}. */
    private static boolean isUserAndNobody(Node user, Node constant) {
      return user instanceof Node.Special
          && constant instanceof Node.Constant it
          && it.isString()
          && it.value().isBlank();
    }

    /** Whether it can be something else the second time; a function that isn't the system's may. */
    private static boolean isChanging(Node node) {
      return node.all()
          .anyMatch(
              part ->
                  part instanceof Node.SubSelect
                      || (part instanceof Node.Call call
                          && (!call.schema().isEmpty() || CHANGING.contains(call.name()))));
    }

    private static Truth ofConstants(String operator, String a, String b) {
      int order;
      try {
        order = new BigDecimal(a).compareTo(new BigDecimal(b));
      } catch (NumberFormatException e) {
        order = a.compareTo(b);
      }
      return switch (operator) {
        case "=", "IS NOT DISTINCT FROM" -> Truth.of(order == 0);
        case "<>", "IS DISTINCT FROM" -> Truth.of(order != 0);
        case "<" -> Truth.of(order < 0);
        case "<=" -> Truth.of(order <= 0);
        case ">" -> Truth.of(order > 0);
        case ">=" -> Truth.of(order >= 0);
        default -> DEPENDS;
      };
    }

    private Truth ofSubSelect(Node.SubSelect select) {
      if (select.hasFrom()) {
        return DEPENDS;
      }
      if (select.isExists()) {
        return select.parts().size() < 2 ? ALWAYS : of(select.parts().get(1));
      }
      return select.parts().size() == 1 ? of(select.parts().get(0)) : DEPENDS;
    }

    /** Every way out is the same; a condition that is always true ends it. */
    private Truth ofCase(Node.Other node) {
      List<Node> parts = node.parts();
      for (int i = 0; i + 1 < parts.size(); i += 2) {
        Truth when = of(parts.get(i));
        if (when == ALWAYS) {
          return of(parts.get(i + 1));
        }
        if (when == DEPENDS && of(parts.get(i + 1)) != ALWAYS) {
          return DEPENDS;
        }
      }
      return parts.size() % 2 == 1 ? of(parts.get(parts.size() - 1)) : DEPENDS;
    }
  }
}
