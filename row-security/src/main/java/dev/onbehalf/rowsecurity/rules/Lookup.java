package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a policy looks up in another table to decide whose a row is, by a sub-select, a view or a
 * function: {@code team IN (SELECT m.team FROM memberships m WHERE m.person = current_user)}. What
 * is looked up to take rows away, or beside another tie to who asks, decides nothing.
 *
 * @param persons columns that are compared with who asks
 * @param others columns that say what is theirs
 * @param asked those of which one value is asked for: {@code m.approved}, {@code m.state = 'in'}
 */
record Lookup(Relation table, Set<String> persons, Set<String> others, Map<String, String> asked) {

  /**
   * What is said of the first by which somebody passes a policy, of those that are open to them.
   */
  static <T> Optional<T> open(
      Catalog catalog, Policy policy, java.util.function.Function<Lookup, Optional<T>> open) {
    return Stream.of(policy.using(), policy.check())
        .flatMap(Optional::stream)
        .flatMap(e -> open(catalog, policy, e.text(), e.root(), open).stream())
        .findFirst();
  }

  private static <T> Optional<T> open(
      Catalog catalog,
      Policy policy,
      String text,
      Node node,
      java.util.function.Function<Lookup, Optional<T>> open) {
    if (node instanceof Node.Junction junction) {
      Optional<T> first = Optional.empty();
      for (Node part : junction.parts()) {
        Optional<T> found = open(catalog, policy, text, part, open);
        if (junction.isAnd() && found.isEmpty() && isHolding(catalog, policy, text, part)) {
          return Optional.empty(); // whatever else is open
        }
        first = first.or(() -> found);
      }
      return first;
    }
    boolean isDenying =
        node instanceof Node.Not
            || (node instanceof Node.Binary binary && binary.operator().startsWith("<>"));
    List<Lookup> found = new ArrayList<>();
    if (!isDenying) {
      node.all().forEach(part -> collect(catalog, policy, text, part, found));
    }
    return found.stream()
        .filter(lookup -> !lookup.table.equals(policy.table())) // whose policies this one is of
        .flatMap(lookup -> open.apply(lookup).stream())
        .findFirst();
  }

  /** Whether it holds the row; what only asks for who they are looks up nothing of it. */
  private static boolean isHolding(Catalog catalog, Policy policy, String text, Node part) {
    return Held.toReader(catalog).holds(text, part)
        && (!looksUp(part) || !Ties.own(policy, part).isEmpty());
  }

  /** Whether a part reads a table, or calls what may. */
  static boolean looksUp(Node node) {
    return node.all()
        .anyMatch(
            part ->
                part instanceof Node.SubSelect select
                    ? select.hasFrom()
                    : part instanceof Node.Call call && !call.schema().isEmpty());
  }

  private static void collect(
      Catalog catalog, Policy policy, String text, Node node, List<Lookup> found) {
    if (node instanceof Node.SubSelect select) {
      Query.of(text, select).all().forEach(it -> collect(catalog, it, catalog::relation, found));
    } else if (node instanceof Node.Call call) {
      policy.functions().stream()
          .filter(function -> Inlining.isOf(call, function))
          .flatMap(function -> FunctionText.withCalled(catalog, function).stream())
          .forEach(function -> collect(catalog, function, found));
    }
  }

  private static void collect(Catalog catalog, Function function, List<Lookup> found) {
    Statements statements = new Statements(catalog, function);
    statements.all().stream()
        .flatMap(statement -> StatementQuery.of(statement).stream())
        .flatMap(Query::all)
        .forEach(
            select ->
                collect(
                    catalog, select, name -> FunctionText.resolve(catalog, function, name), found));
  }

  private static void collect(
      Catalog catalog,
      Query.Select select,
      java.util.function.Function<String, Optional<Relation>> resolve,
      List<Lookup> found) {
    List<Node> parts = new ArrayList<>(select.targets());
    parts.addAll(select.conditions());
    select
        .tables()
        .forEach(
            (alias, name) ->
                resolve
                    .apply(name)
                    .map(
                        read ->
                            new Lookup(
                                read,
                                persons(parts, alias),
                                columns(parts, alias),
                                asked(select.conditions(), alias)))
                    .ifPresent(lookup -> add(catalog, lookup, new HashSet<>(), found)));
  }

  /** Of a view, what it reads with its own conditions. */
  private static void add(Catalog catalog, Lookup lookup, Set<Lookup> seen, List<Lookup> found) {
    if (!seen.add(lookup)) {
      return; // views may read each other
    }
    Relation read = lookup.table;
    if (!read.isView()) {
      Set<String> persons =
          lookup.persons.isEmpty() ? InsertForOthers.owners(catalog, read) : lookup.persons;
      Set<String> others = new TreeSet<>(lookup.others);
      others.removeIf(name -> persons.contains(name) || read.column(name).isEmpty());
      found.add(new Lookup(read, persons, others, lookup.asked));
      return;
    }
    Views.query(catalog, read)
        .all()
        .forEach(
            select ->
                select
                    .tables()
                    .forEach(
                        (alias, name) -> {
                          Set<String> persons = persons(select.conditions(), alias);
                          Set<String> others = columns(select.conditions(), alias);
                          persons.addAll(lookup.persons);
                          others.addAll(lookup.others);
                          Map<String, String> asked = asked(select.conditions(), alias);
                          asked.putAll(lookup.asked);
                          catalog
                              .relation(name)
                              .map(source -> new Lookup(source, persons, others, asked))
                              .ifPresent(within -> add(catalog, within, seen, found));
                        }));
  }

  private static Set<String> columns(List<Node> parts, String alias) {
    return parts.stream()
        .flatMap(Node::all)
        .filter(node -> isOf(node, alias))
        .map(node -> ((Node.Column) node).name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, String> asked(List<Node> conditions, String alias) {
    Map<String, String> asked = new TreeMap<>();
    for (Node condition : conditions) {
      if (condition instanceof Node.Junction junction && junction.isAnd()) {
        asked.putAll(asked(junction.parts(), alias));
      } else if (condition instanceof Node.Column column && isOf(column, alias)) {
        asked.put(column.name(), "true");
      } else if (condition instanceof Node.Binary binary
          && binary.operator().equals("=")
          && Expression.bare(binary.left()) instanceof Node.Column column
          && isOf(column, alias)
          && Expression.bare(binary.right()) instanceof Node.Constant constant) {
        asked.put(column.name(), constant.value());
      }
    }
    return asked;
  }

  private static Set<String> persons(List<Node> parts, String alias) {
    Set<String> persons = new TreeSet<>();
    parts.stream()
        .flatMap(Node::all)
        .filter(node -> node instanceof Node.Binary binary && binary.operator().equals("="))
        .map(Node.Binary.class::cast)
        .forEach(
            binary -> {
              addPerson(binary.left(), binary.right(), alias, persons);
              addPerson(binary.right(), binary.left(), alias, persons);
            });
    return persons;
  }

  private static void addPerson(Node column, Node person, String alias, Set<String> persons) {
    if (Expression.bare(column) instanceof Node.Column it
        && isOf(it, alias)
        && Expression.isAboutPerson(person)) {
      persons.add(it.name());
    }
  }

  private static boolean isOf(Node node, String alias) {
    return node instanceof Node.Column column
        && (column.table().isEmpty() || column.table().equals(alias));
  }
}
