package dev.onbehalf.playground;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What in a piece of SQL is looked up in the search path, so that it may be somebody else's:
 * functions, operators and what uses them unseen, relations, and types in casts. It reads as much
 * SQL as this project writes; of what it does not know it complains.
 */
final class SqlNames {
  private static final Pattern SQL =
      Pattern.compile(
          "(?is)^\\s*(select\\b|set\\s+(local|session)\\b|insert\\s+into\\b|update\\s+\\S+\\s+set\\b|delete\\s+from\\b"
              + "|with\\s+\\w+\\s+as\\b|copy\\s|lock\\s+table\\b|do\\s+\\$|call\\s"
              + "|(create|alter|drop|truncate|comment\\s+on)\\s+(or\\s+replace\\s+)?(temporary\\s+)?"
              + "(table|policy|view|function|operator|index|trigger|schema|sequence|type|domain)\\b"
              + "|grant\\s.*\\bto\\b|revoke\\s.*\\bfrom\\b)"
              // A part of a statement.
              + "|\\bpg_[a-z_]+\\s*\\(|\\boperator\\s*\\(|\\bfrom\\s+\\S+(\\s+\\w+)?\\s+where\\b");

  /** What begins so finds what the server brought, and nothing else. */
  private static final Pattern GUARDED =
      Pattern.compile(
          "(?is)^(\\s|--[^\\n]*\\n)*(set local search_path = pg_catalog, pg_temp\\s*;"
              + "|create function [^$]* set search_path = pg_catalog, pg_temp as\\b)");

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?s)(?<skip>\\s+|--[^\\n]*|/\\*.*?\\*/)"
              + "|(?<string>[eE]?'(?:[^']|'')*')"
              + "|\\$(?<tag>\\w*)\\$(?<body>.*?)\\$\\k<tag>\\$"
              + "|(?<word>\"(?:[^\"]|\"\")*\"|[A-Za-z_]\\w*|%(?:\\d\\$)?[sd]|\\?|:\\w+|\\d[\\d.]*|\u2026)"
              + "|(?<cast>::)"
              + "|(?<operator>[-+*/<>=~!@#%^&|`]+)"
              + "|(?<mark>.)");

  /** May stand before a parenthesis and is no function; the grammar knows these. */
  private static final Set<String> NO_FUNCTION =
      Set.of(
          ("operator values cast coalesce greatest least exists row array in as on and or not when then"
                  + " else from where select check using key unique numeric varchar char decimal"
                  + " returning with any some all by having default union lateral , ( =")
              .split(" "));

  /** Types that the grammar knows; the names of others are looked up. */
  private static final Set<String> TYPES_OF_THE_GRAMMAR =
      Set.of("int", "integer", "bigint", "smallint", "boolean", "numeric", "varchar", "char");

  /** Compare with an operator that nobody sees. */
  private static final Set<String> HIDDEN_OPERATORS =
      Set.of("like", "ilike", "similar", "between", "nullif", "overlaps", "natural");

  private static final Set<String> BEFORE_RELATION = Set.of("from", "join", "into", "update");

  private final List<String> tokens = new ArrayList<>();
  private final List<String> found = new ArrayList<>();

  private SqlNames() {}

  static boolean isSql(String text) {
    return SQL.matcher(text).find();
  }

  /** Each unqualified name, said in a word; none if nothing is looked up. */
  static List<String> unqualified(String sql) {
    SqlNames names = new SqlNames();
    if (!GUARDED.matcher(sql).find()) {
      names.read(sql);
      names.check();
    }
    return names.found;
  }

  private void read(String sql) {
    Matcher token = TOKEN.matcher(sql);
    while (token.find()) {
      if (token.group("body") != null) {
        found.addAll(unqualified(token.group("body")));
      } else if (token.group("string") != null) {
        tokens.add("''");
      } else if (token.group("skip") == null) {
        tokens.add(
            token.group().startsWith("\"")
                ? token.group()
                : token.group().toLowerCase(Locale.ROOT));
      }
    }
  }

  private String at(int index) {
    return index < 0 || index >= tokens.size() ? "" : tokens.get(index);
  }

  private static boolean isName(String token) {
    return token.matches("\".*\"|[a-z_]\\w*");
  }

  private void check() {
    String statement = at(0);
    boolean assigning = false;
    for (int i = 0; i < tokens.size(); i++) {
      String token = at(i);
      String before = at(i - 1);
      String after = at(i + 1);
      switch (token) {
        case ";" -> statement = after;
        case "set" -> assigning = true;
        case "where" -> assigning = false;
        case "operator" -> i = checkOperator(i);
        case "in" -> complainIf(after.equals("(") || after.equals("\u2026"), "IN compares");
        case "case" -> complainIf(!after.equals("when"), "CASE compares with what follows it");
        case "distinct" -> complainIf(after.equals("from"), "IS DISTINCT FROM compares");
        case "using" ->
            complainIf(after.equals("(") && !statementIsPolicy(i), "JOIN USING compares");
        default -> {
          boolean operator = token.matches("[-+*/<>=~!@#%^&|`]+");
          boolean all = token.equals("*") && Set.of("select", "(", ",", ".").contains(before);
          boolean assignment = token.equals("=") && assigning;
          complainIf(operator && !all && !assignment, "the operator " + token);
          complainIf(HIDDEN_OPERATORS.contains(token), token + " compares");
          checkName(statement, i);
        }
      }
    }
  }

  /** OPERATOR(pg_catalog.=) ends at its parenthesis. */
  private int checkOperator(int i) {
    boolean qualified = at(i + 1).equals("(") && at(i + 2).equals("pg_catalog");
    complainIf(!qualified, "an operator that is not of pg_catalog");
    return i + 5;
  }

  private boolean statementIsPolicy(int i) {
    return tokens.subList(0, i).contains("policy");
  }

  private void checkName(String statement, int i) {
    String token = at(i);
    String before = at(i - 1);
    String after = at(i + 1);
    if (!isName(token) || before.equals(".") || after.equals(".")) {
      return;
    }
    boolean type = before.equals("::") || (before.equals("as") && isCast(i));
    complainIf(type && !TYPES_OF_THE_GRAMMAR.contains(token), "the type " + token);
    boolean revokes = statement.equals("revoke") && before.equals("from");
    boolean relation =
        (BEFORE_RELATION.contains(before) && !revokes)
            || (before.equals("table") && !token.equals("if"))
            || (before.equals(",") && isInFrom(i))
            || (before.equals("on")
                && Set.of("grant", "revoke").contains(statement)
                && !Set.of("schema", "database", "function", "sequence").contains(token));
    boolean ofColumns =
        Set.of("grant", "revoke").contains(statement)
            && Set.of("select", "insert", "update", "references").contains(token);
    boolean called =
        after.equals("(")
            && !named(i)
            && !ofColumns
            && !before.equals("into")
            && !before.equals("as");
    boolean ours = token.equals("select") || withNames().contains(token);
    complainIf(relation && !called && !ours, "the relation " + token);
    complainIf(called && !NO_FUNCTION.contains(token), "the function " + token);
  }

  /** What WITH names hides every table of that name; its own definition begins after RECURSIVE. */
  private Set<String> withNames() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (named(i)) {
        names.add(at(i));
      }
    }
    return names;
  }

  /** Whether WITH gives this name, to what follows in parentheses. */
  private boolean named(int i) {
    if (!Set.of("with", "recursive", ",").contains(at(i - 1)) || !tokens.contains("with")) {
      return false;
    }
    int as = i + 1;
    if (at(as).equals("(")) {
      as = tokens.subList(as, tokens.size()).indexOf(")") + as + 1;
    }
    return at(as).equals("as") && at(as + 1).equals("(");
  }

  private boolean isCast(int i) {
    for (int at = i - 1, depth = 0; at > 0; at--) {
      depth += at(at).equals(")") ? 1 : at(at).equals("(") ? -1 : 0;
      if (depth < 0) {
        return at(at - 1).equals("cast");
      }
    }
    return false;
  }

  /** Whether a comma separates relations: nothing but names and commas from FROM on. */
  private boolean isInFrom(int i) {
    int at = i - 1;
    while (at > 0 && (at(at).equals(",") || at(at).equals(".") || isName(at(at)))) {
      if (at(at).equals("from")) {
        return true;
      }
      if (Set.of("select", "where", "by", "returning").contains(at(at))) {
        return false;
      }
      at--;
    }
    return false;
  }

  private void complainIf(boolean wrong, String what) {
    if (wrong) {
      found.add(what);
    }
  }
}
