package dev.onbehalf.rowsecurity.internal.expression;

import java.util.List;
import java.util.stream.Stream;

/** A part of an expression; each knows from where to where it stands in the text. */
public sealed interface Node {
  int start();

  int end();

  /** Its parts, from left to right. */
  List<Node> parts();

  /** Itself and all below, a sub-select's conditions included. */
  default Stream<Node> all() {
    return Stream.concat(Stream.of(this), parts().stream().flatMap(Node::all));
  }

  /** AND or OR of two or more. */
  record Junction(boolean isAnd, List<Node> parts, int start, int end) implements Node {}

  record Not(Node of, int start, int end) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(of);
    }
  }

  /**
   * Two sides and an operator between them; {@code IS DISTINCT FROM} and {@code IS NOT DISTINCT
   * FROM} too.
   *
   * @param isAny whether the right side is an array or a sub-select: {@code = ANY (...)}, IN
   */
  record Binary(String operator, Node left, Node right, boolean isAny, int start, int end)
      implements Node {
    @Override
    public List<Node> parts() {
      return List.of(left, right);
    }
  }

  /** {@code IS NULL}, {@code IS NOT TRUE} and so on; the test is NULL, TRUE, FALSE or UNKNOWN. */
  record Is(Node of, String test, boolean isNegated, int start, int end) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(of);
    }
  }

  record Cast(Node of, String type, int start, int end) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(of);
    }
  }

  /**
   * {@code COLLATE}.
   *
   * @param collation with its schema, unless that is the system's, and without quotes
   */
  record Collate(Node of, String collation, int start, int end) implements Node {
    @Override
    public List<Node> parts() {
      return List.of(of);
    }
  }

  /**
   * A function and its arguments.
   *
   * @param schema empty if it is the system's
   */
  record Call(String schema, String name, List<Node> parts, int start, int end) implements Node {}

  /**
   * A column.
   *
   * @param table empty, or the name or alias before the dot
   */
  record Column(String table, String name, int start, int end) implements Node {
    @Override
    public List<Node> parts() {
      return List.of();
    }
  }

  /** A constant: {@code true}, {@code null}, a number, a string. */
  record Constant(String value, boolean isString, int start, int end) implements Node {
    @Override
    public List<Node> parts() {
      return List.of();
    }
  }

  /** {@code CURRENT_USER}, {@code SESSION_USER}, {@code CURRENT_DATE} and their like. */
  record Special(String name, int start, int end) implements Node {
    @Override
    public List<Node> parts() {
      return List.of();
    }

    /** CURRENT_USER in any spelling. */
    public boolean isCurrentUser() {
      return name.equals("CURRENT_USER") || name.equals("CURRENT_ROLE") || name.equals("USER");
    }

    /** Who logged in, whatever they have become since: as a role, or as the server knew them. */
    public boolean isSessionUser() {
      return name.equals("SESSION_USER") || name.equals("SYSTEM_USER");
    }

    /** Who asks, in any way. */
    public boolean isPerson() {
      return isCurrentUser() || isSessionUser();
    }
  }

  /**
   * A sub-select, with or without EXISTS.
   *
   * @param hasFrom whether it reads anything
   * @param tables what it reads, each as {@code schema.name} without quotes
   * @param parts what it selects, then its condition, as far as they could be read
   */
  record SubSelect(
      boolean isExists, boolean hasFrom, List<String> tables, List<Node> parts, int start, int end)
      implements Node {

    /** Whether it is one value, and there to be made once: {@code (SELECT f())}. */
    public boolean isValue() {
      return !isExists && !hasFrom && parts.size() == 1;
    }
  }

  /** Anything else: CASE, ARRAY, ROW, what could not be read. */
  record Other(String name, List<Node> parts, int start, int end) implements Node {}
}
