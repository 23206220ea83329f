package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import dev.onbehalf.rowsecurity.internal.expression.Truth;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether a condition holds rows to who asks: no row passes but those that a comparison with who
 * asks lets through, or that are said to be for others too. That it speaks of who asks is not
 * enough: {@code ORDER BY}, {@code owner = current_user OR item <> ''}.
 */
final class Held {
  private static final Set<String> SAME =
      Set.of("=", "IS NOT DISTINCT FROM", "~~", "~~*", "@>", "<@", "&&", "^@");
  private static final Set<String> OTHER = Set.of("<>", "!=", "IS DISTINCT FROM", "!~~", "!~~*");
  private static final Set<String> ORDER = Set.of("<", ">", "<=", ">=");
  private static final Set<String> TIMES =
      Set.of("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp");

  /**
   * Who asks.
   *
   * @param asOwner whether current_user is the owner of what asks, and who asks session_user only
   * @param variables those that hold who asks
   * @param chosen what who asks says themselves
   */
  private record Caller(Catalog catalog, boolean asOwner, Set<String> variables, Set<String> chosen)
      implements Query.Asker {
    @Override
    public boolean holds(String text, Node condition) {
      return new Held(this, text).holds(condition);
    }

    @Override
    public boolean isToldBy(String text, Node value) {
      return new Held(this, text).tells(value);
    }
  }

  private final Caller caller;
  private final String text;

  /** What sub-selects said: each is asked again and again. */
  private final IdentityHashMap<Node, Boolean> told = new IdentityHashMap<>();

  private Held(Caller caller, String text) {
    this.caller = caller;
    this.text = text;
  }

  /** In a policy or a view: current_user is who asks. */
  static Query.Asker toReader(Catalog catalog) {
    return new Caller(catalog, false, Set.of(), Set.of());
  }

  /** In a function. */
  static Query.Asker toCaller(
      Catalog catalog, boolean asOwner, Set<String> variables, Set<String> chosen) {
    return new Caller(catalog, asOwner, variables, chosen);
  }

  private boolean holds(Node condition) {
    Set<String> persons = new HashSet<>();
    outside(condition)
        .filter(node -> node instanceof Node.Binary binary && SAME.contains(binary.operator()))
        .map(Node.Binary.class::cast)
        .forEach(
            binary -> {
              if (tells(binary.left())) {
                persons.addAll(Expression.ownColumns(binary.right()));
              }
              if (tells(binary.right())) {
                persons.addAll(Expression.ownColumns(binary.left()));
              }
            });
    return holds(condition, false, persons);
  }

  private boolean holds(Node node, boolean isDenied, Set<String> persons) {
    if (isNever(node, isDenied)) {
      return true;
    } else if (node instanceof Node.Cast cast) {
      return holds(cast.of(), isDenied, persons);
    } else if (node instanceof Node.Not not) {
      return holds(not.of(), !isDenied, persons);
    } else if (node instanceof Node.Junction junction) {
      return holds(junction, isDenied, persons);
    } else if (node instanceof Node.Is is && !is.test().equals("NULL")) {
      boolean isTrue = is.test().equals("TRUE") != is.isNegated();
      return !is.test().equals("UNKNOWN") && holds(is.of(), isDenied == isTrue, persons);
    } else if (node instanceof Node.Binary binary) {
      return holds(binary, isDenied, persons);
    } else if (node instanceof Node.SubSelect select) {
      return !isDenied && tells(select);
    } else if (node instanceof Node.Call call) {
      return holds(call, isDenied, persons);
    } else if (node instanceof Node.Other other && other.name().startsWith("CASE")) {
      return !isDenied && holdsCase(other, persons);
    } else if (node instanceof Node.Other other && other.name().equals("?")) {
      return other.parts().stream().anyMatch(this::tells); // not read
    }
    return false;
  }

  /** Of what is joined by AND one part, of what is joined by OR each but what is shared. */
  private boolean holds(Node.Junction junction, boolean isDenied, Set<String> persons) {
    boolean isAnd = junction.isAnd() != isDenied;
    boolean isAny = false;
    boolean isEach = true;
    for (Node part : junction.parts()) {
      boolean isHeld = holds(part, isDenied, persons);
      isAny |= isHeld;
      isEach &= isHeld || (!isDenied && isShared(part, persons));
    }
    return isAny && (isAnd || isEach);
  }

  private boolean isNever(Node node, boolean isDenied) {
    Truth truth = Truth.of(new Expression(text, node), column -> false);
    return truth == (isDenied ? Truth.ALWAYS : Truth.NEVER);
  }

  private boolean holds(Node.Binary binary, boolean isDenied, Set<String> persons) {
    for (Node side : List.of(binary.left(), binary.right())) {
      Node other = side.equals(binary.left()) ? binary.right() : binary.left();
      if (binary.operator().equals("=")
          && Expression.bare(side) instanceof Node.Constant constant
          && Set.of("true", "false").contains(constant.value())) {
        return holds(other, isDenied != constant.value().equals("false"), persons);
      }
    }
    boolean isSame =
        isDenied
            ? OTHER.contains(binary.operator()) || binary.operator().equals("<> ALL")
            : SAME.contains(binary.operator());
    boolean isToOne =
        isTo(binary, binary.left(), binary.right()) || isTo(binary, binary.right(), binary.left());
    return isSame && isToOne;
  }

  /** Whether one side says who asks, and the other one something of the row, or who may. */
  private boolean isTo(Node.Binary binary, Node person, Node other) {
    if (!isPlain(person) || !isPlain(other) || !tells(person)) {
      return false;
    }
    Node row = named(other);
    boolean isOfRow =
        row.all().anyMatch(part -> part instanceof Node.Column || part instanceof Node.SubSelect)
            && outside(row).noneMatch(this::tellsItself);
    boolean isNamed =
        Set.of("=", "<>", "<> ALL").contains(binary.operator())
            && other.all().anyMatch(Node.Constant.class::isInstance)
            && other.all().noneMatch(this::tellsItself);
    return isOfRow || isNamed;
  }

  /** {@code coalesce(owner, current_user)}: whom it names, if it names anybody. */
  private Node named(Node node) {
    return Expression.bare(node) instanceof Node.Call call
            && call.schema().isEmpty()
            && call.name().equals("coalesce")
            && call.parts().size() == 2
            && tellsItself(Expression.bare(call.parts().get(1)))
        ? call.parts().get(0)
        : node;
  }

  /** Its parts outside of sub-selects. */
  private static Stream<Node> outside(Node node) {
    return node instanceof Node.SubSelect
        ? Stream.empty()
        : Stream.concat(Stream.of(node), node.parts().stream().flatMap(Held::outside));
  }

  /** No answer of a comparison, which is there whoever asks. */
  private static boolean isPlain(Node node) {
    if (node instanceof Node.SubSelect) {
      return true;
    }
    boolean isAnswer =
        node instanceof Node.Junction
            || node instanceof Node.Not
            || node instanceof Node.Is
            || (node instanceof Node.Other it && it.name().startsWith("CASE"))
            || (node instanceof Node.Binary binary
                && (SAME.contains(binary.operator())
                    || OTHER.contains(binary.operator())
                    || ORDER.contains(binary.operator())));
    return !isAnswer && node.parts().stream().allMatch(Held::isPlain);
  }

  private boolean holds(Node.Call call, boolean isDenied, Set<String> persons) {
    if (call.name().equals("coalesce") && call.schema().isEmpty()) {
      return call.parts().stream().allMatch(part -> holds(part, isDenied, persons));
    }
    boolean isOfRow = call.all().anyMatch(Node.Column.class::isInstance);
    return tellsItself(call) || (isOfRow && call.parts().stream().anyMatch(this::tells));
  }

  private boolean holdsCase(Node.Other node, Set<String> persons) {
    List<Node> parts = node.parts();
    boolean isOfOne = node.name().equals("CASE x");
    for (int i = isOfOne ? 1 : 0; i + 1 < parts.size(); i += 2) {
      boolean isWhen =
          isOfOne
              ? (tells(parts.get(0)) || tells(parts.get(i)))
              : holds(parts.get(i), false, persons);
      if (!isWhen && !holds(parts.get(i + 1), false, persons)) {
        return false;
      }
    }
    boolean hasElse = parts.size() % 2 == (isOfOne ? 0 : 1);
    return !hasElse || holds(parts.get(parts.size() - 1), false, persons);
  }

  /** Whether a value says who asks. */
  private boolean tells(Node node) {
    if (node instanceof Node.SubSelect select) {
      return told.computeIfAbsent(select, unused -> isTold(select));
    }
    return tellsItself(node)
        || (!isElseChosen(node) && node.parts().stream().anyMatch(this::tells));
  }

  /** {@code coalesce(who, session_user)}: who asks, unless they say another. */
  private boolean isElseChosen(Node node) {
    return node instanceof Node.Call call
        && call.name().equals("coalesce")
        && call.parts().stream().anyMatch(this::isChosen);
  }

  private boolean isChosen(Node node) {
    return caller.asOwner
        && node.all()
            .anyMatch(
                part ->
                    part instanceof Node.Column it
                        && it.table().isEmpty()
                        && !tellsItself(it)
                        && (it.name().matches("_\\d+") // $1
                            || caller.chosen.contains(it.name().toLowerCase(Locale.ROOT))));
  }

  private boolean isTold(Node.SubSelect select) {
    Query query = Query.of(text, select);
    Held within = new Held(caller, query.text());
    return query.selects().stream().allMatch(within::tells);
  }

  /** Whether all that a sub-select finds is who asks, or is held to them. */
  private boolean tells(Query.Select select) {
    Query query = new Query(text, List.of(select));
    return select.targets().stream().anyMatch(value -> isPlain(value) && tells(value))
        || (query.reads() && query.open(caller).isEmpty());
  }

  private boolean tellsItself(Node node) {
    if (node instanceof Node.Special special) {
      return special.isSessionUser() || (!caller.asOwner && special.isCurrentUser());
    } else if (node instanceof Node.Column column) {
      String variable = column.table().isEmpty() ? column.name() : column.table(); // of a record
      return caller.variables.contains(variable.toLowerCase(Locale.ROOT));
    } else if (node instanceof Node.Call call) {
      return isRole(call) || Callers.knows(caller.catalog, call, caller.asOwner);
    }
    return false;
  }

  /** {@code current_setting('role')}: nobody sets it to whom they may not be. */
  private static boolean isRole(Node.Call call) {
    return call.name().equals("current_setting")
        && !call.parts().isEmpty()
        && Expression.bare(call.parts().get(0)) instanceof Node.Constant constant
        && constant.value().equals("role");
  }

  /** Rows that are said to be for others too: published, of nobody, shared. */
  private boolean isShared(Node node, Set<String> persons) {
    Node bare = Expression.bare(node);
    if (bare instanceof Node.Junction junction) {
      return junction.isAnd()
          ? junction.parts().stream().anyMatch(part -> isShared(part, persons))
          : junction.parts().stream().allMatch(part -> isShared(part, persons));
    } else if (isChosen(bare)) {
      return false;
    } else if (bare instanceof Node.Is is && is.test().equals("NULL")) {
      Set<String> columns = Expression.ownColumns(is.of());
      return !columns.isEmpty() && persons.containsAll(columns) != is.isNegated();
    } else if (bare instanceof Node.Is is) {
      return is.test().equals("TRUE") && !is.isNegated() && isShared(is.of(), persons);
    } else if (bare instanceof Node.Binary binary) {
      return isShared(binary);
    } else if (bare instanceof Node.SubSelect select) {
      return select.hasFrom();
    }
    return bare instanceof Node.Column
        || (bare instanceof Node.Call call && !call.schema().isEmpty() && hasColumn(call));
  }

  private static boolean isShared(Node.Binary binary) {
    Node left = Expression.bare(binary.left());
    Node right = Expression.bare(binary.right());
    if (binary.operator().equals("=")) {
      boolean isFalse = right instanceof Node.Constant constant && constant.value().equals("false");
      return (hasColumn(left) != hasColumn(right) || binary.isAny()) && !isFalse;
    }
    return ORDER.contains(binary.operator())
        && (hasColumn(left) ? isTime(right) : hasColumn(right) && isTime(left));
  }

  private static boolean hasColumn(Node node) {
    return node.all().anyMatch(Node.Column.class::isInstance);
  }

  private static boolean isTime(Node node) {
    return node.all()
        .anyMatch(
            part ->
                part instanceof Node.Special
                    || (part instanceof Node.Call call && TIMES.contains(call.name())));
  }
}
