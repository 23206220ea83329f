package dev.onbehalf.rowsecurity.internal.expression;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A query, as {@code pg_get_viewdef} writes it or as somebody wrote it into a function: what it
 * reads, and by which conditions.
 *
 * @param text with what WITH names in the place of its name
 * @param selects those that UNION and its like join
 */
public record Query(String text, List<Select> selects) {
  /** What is known of who asks. */
  public interface Asker {
    /** Whether a condition of a text lets through only what is theirs, or said to be. */
    boolean holds(String text, Node condition);

    /** Whether a value says who it is. */
    boolean isToldBy(String text, Node value);
  }

  /**
   * What stands in FROM: a table, with its schema if it is written and without quotes, or a
   * sub-select.
   *
   * @param alias by which columns of it are named
   */
  record Source(String table, Optional<Query> within, String alias) {
    Set<String> open(Asker asker) {
      return within.map(query -> query.open(asker)).orElse(Set.of(table));
    }
  }

  /** The condition of an outer join, and to what it joins: that is held with what it joins to. */
  record Outer(Node condition, String alias) {}

  /**
   * One SELECT.
   *
   * @param conditions of WHERE, HAVING and inner joins: each must be true
   */
  public record Select(
      List<Node> targets, List<Source> sources, List<Node> conditions, List<Outer> outer) {

    /** Whether it reads something, in FROM. */
    public boolean hasFrom() {
      return !sources.isEmpty();
    }

    /** The tables in its FROM, by their aliases. */
    public Map<String, String> tables() {
      return sources.stream()
          .filter(source -> source.within.isEmpty())
          .collect(Collectors.toMap(Source::alias, Source::table, (one, other) -> one));
    }

    /** What stands in its FROM, if it is one table. */
    public Optional<String> onlyTable() {
      return sources.size() == 1 ? tables().values().stream().findFirst() : Optional.empty();
    }

    /** Whether each column is counted or added up of many rows. */
    public boolean isTotal() {
      return !targets.isEmpty()
          && targets.stream()
              .map(Expression::bare)
              .allMatch(t -> t instanceof Node.Call call && TOTALS.contains(call.name()));
    }

    private Select withoutTargets() {
      return new Select(List.of(), sources, conditions, outer);
    }

    private Set<String> open(String text, Asker asker) {
      Set<String> held = new HashSet<>();
      for (Node condition : conditions) {
        if (asker.holds(text, condition)) {
          Set<String> named = aliases(condition);
          if (named.isEmpty() || named.contains("")) {
            return Set.of(); // of all, or of one that is not said
          }
          held.addAll(named);
        }
      }
      spread(held, true); // what a condition says of an outer join's other side, its row must have
      sources.stream()
          .filter(source -> source.within.filter(query -> query.isHeld(asker)).isPresent())
          .forEach(source -> held.add(source.alias));
      spread(held, false);
      Set<String> open = new LinkedHashSet<>();
      sources.stream()
          .filter(source -> !held.contains(source.alias))
          .forEach(source -> open.addAll(source.open(asker)));
      return open;
    }

    /** What is joined to rows that are held is held with them. */
    private void spread(Set<String> held, boolean isBothWays) {
      int before = -1;
      while (before < held.size() && !held.isEmpty()) {
        before = held.size();
        for (Node condition : conditions) {
          Set<String> named = aliases(condition);
          if (!Collections.disjoint(named, held)) {
            held.addAll(named);
          }
        }
        for (Outer join : outer) {
          Set<String> named = aliases(join.condition);
          if (!Collections.disjoint(named, held)) {
            held.addAll(isBothWays ? named : Set.of(join.alias));
          }
        }
      }
      if (held.contains("")) {
        sources.forEach(source -> held.add(source.alias));
      }
    }

    /** The tables that columns are of; empty for one that is not said. */
    private static Set<String> aliases(Node condition) {
      return condition
          .all()
          .filter(Node.Column.class::isInstance)
          .map(node -> ((Node.Column) node).table())
          .collect(Collectors.toSet());
    }
  }

  private static final Set<String> TOTALS =
      Set.of("count", "sum", "avg", "bool_and", "bool_or", "every", "stddev", "variance");

  /** Reads; what is not understood is {@link Node.Other}, never an error. */
  public static Query of(String text) {
    String whole = WithNames.without(text.strip().replaceFirst(";$", ""));
    return QueryParser.parse(whole, Token.of(whole));
  }

  /** A sub-select of a text; behind EXISTS it shows nothing, whatever it selects. */
  public static Query of(String text, Node.SubSelect select) {
    String part = text.substring(select.start(), select.end());
    int open = part.indexOf('(');
    Query query = of(open < 0 ? part : part.substring(open + 1, part.length() - 1));
    return select.isExists()
        ? new Query(query.text, query.selects.stream().map(Select::withoutTargets).toList())
        : query;
  }

  /**
   * What is read without a condition that holds it.
   *
   * @param asker to whom it is held
   */
  public Set<String> open(Asker asker) {
    Set<String> open = new LinkedHashSet<>();
    for (Select select : selects) {
      Set<String> read = select.open(text, asker);
      open.addAll(read);
      if (!read.isEmpty() || select.sources.isEmpty()) {
        select.targets.stream()
            .flatMap(Query::subSelects)
            .forEach(node -> open.addAll(of(text, node).open(asker)));
      }
    }
    return open;
  }

  /** Its SELECTs, and those in FROM, in conditions and in what it shows. */
  public Stream<Select> all() {
    return selects.stream().flatMap(this::all);
  }

  private Stream<Select> all(Select select) {
    return Stream.of(
            Stream.of(select),
            select.sources.stream().flatMap(s -> s.within.stream()).flatMap(Query::all),
            Stream.of(select.targets, select.conditions)
                .flatMap(List::stream)
                .flatMap(Query::subSelects)
                .flatMap(node -> of(text, node).all()))
        .flatMap(selects -> selects);
  }

  /** All that could be read of what it reads, in conditions and in what it shows, too. */
  public Set<String> named() {
    Set<String> named = new LinkedHashSet<>();
    for (Select select : selects) {
      select.sources.forEach(
          source -> named.addAll(source.within.map(Query::named).orElse(Set.of(source.table))));
      Stream.of(
              select.targets.stream(),
              select.conditions.stream(),
              select.outer.stream().map(Outer::condition))
          .flatMap(nodes -> nodes)
          .flatMap(Query::subSelects)
          .forEach(node -> named.addAll(of(text, node).named()));
    }
    return named;
  }

  /** Those that are in no other: each is read once. */
  private static Stream<Node.SubSelect> subSelects(Node node) {
    return node instanceof Node.SubSelect select
        ? Stream.of(select)
        : node.parts().stream().flatMap(Query::subSelects);
  }

  /** Whether all that it finds is theirs, or says who they are. */
  public boolean isHeld(Asker asker) {
    return reads()
        ? open(asker).isEmpty()
        : selects.stream()
            .flatMap(select -> select.targets.stream())
            .anyMatch(target -> asker.isToldBy(text, target));
  }

  /** Whether it reads anything but what is written in it. */
  public boolean reads() {
    return selects.stream()
        .flatMap(select -> select.sources.stream())
        .anyMatch(source -> source.within.map(Query::reads).orElse(true));
  }

  /** Whether all that it shows is counted or added up of many rows. */
  public boolean isTotal() {
    return !selects.isEmpty() && selects.stream().allMatch(Select::isTotal);
  }
}
