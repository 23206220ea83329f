package dev.onbehalf.rowsecurity.internal.expression;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A policy's condition, as {@code pg_get_expr} writes it, and what can be said of it.
 *
 * <p>The text stays the truth: what is changed in it is cut out and put in by its place, and the
 * rest is left to the letter.
 */
public record Expression(String text, Node root) {

  /** A replacement in the text. */
  public record Change(int start, int end, String by) {}

  /** Reads; what is not understood is an {@link Node.Other}, never an error. */
  public static Expression of(String text) {
    return new Expression(text, Parser.parse(Token.of(text)));
  }

  /** What stands there, to the letter. */
  public String text(Node node) {
    return text.substring(node.start(), node.end());
  }

  /** The text with changes, which don't overlap. */
  public String with(List<Change> changes) {
    StringBuilder changed = new StringBuilder(text);
    changes.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Change::start).reversed())
        .forEach(change -> changed.replace(change.start(), change.end(), change.by()));
    return changed.toString();
  }

  /** All nodes of a kind. */
  public <T extends Node> Stream<T> all(Class<T> kind) {
    return root.all().filter(kind::isInstance).map(kind::cast);
  }

  /** Whether it says who asks: by name, by a sub-select or a function that knows. */
  public boolean isAboutPerson() {
    return isAboutPerson(root);
  }

  /** The same of a part. A function that isn't the system's may know. */
  public static boolean isAboutPerson(Node node) {
    return node.all()
        .anyMatch(
            part ->
                (part instanceof Node.Special special && special.isPerson())
                    || (part instanceof Node.Call call
                        && (!call.schema().isEmpty()
                            || call.name().equals("current_setting")
                            || call.name().equals("pg_has_role")
                            || call.name().equals("getpgusername"))));
  }

  /** Names of columns outside of sub-selects, where they are the table's own. */
  public Set<String> ownColumns() {
    return ownColumns(root);
  }

  /** The same of a part. */
  public static Set<String> ownColumns(Node node) {
    Set<String> names = new HashSet<>();
    collect(node, names);
    return names;
  }

  private static void collect(Node node, Set<String> names) {
    if (node instanceof Node.Column column) {
      names.add(column.name());
    } else if (!(node instanceof Node.SubSelect)) {
      node.parts().forEach(part -> collect(part, names));
    }
  }

  /** Columns that are compared with who asks, in any way. */
  public Set<String> personsColumns() {
    Set<String> names = new HashSet<>();
    for (Node.Binary binary : comparisons()) {
      if (isAboutPerson(binary.right())) {
        names.addAll(ownColumns(binary.left()));
      }
      if (isAboutPerson(binary.left())) {
        names.addAll(ownColumns(binary.right()));
      }
    }
    return names;
  }

  /** Comparisons outside of sub-selects. */
  public List<Node.Binary> comparisons() {
    List<Node.Binary> found = new ArrayList<>();
    comparisons(root, found);
    return found;
  }

  private static void comparisons(Node node, List<Node.Binary> found) {
    if (node instanceof Node.Binary binary) {
      found.add(binary);
    }
    if (!(node instanceof Node.SubSelect)) {
      node.parts().forEach(part -> comparisons(part, found));
    }
  }

  /** A node without the casts and collations around it. */
  public static Node bare(Node node) {
    if (node instanceof Node.Collate collate) {
      return bare(collate.of());
    }
    return node instanceof Node.Cast cast ? bare(cast.of()) : node;
  }
}
