package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Function;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What in a function's text is looked for in the search path, besides tables. Functions and
 * operators are never looked for among temporary objects, types are.
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-client.html">search_path</a>
 */
final class SearchedNames {
  /** Not what stands in strings, nor what says that it is PostgreSQL's own, nor an assignment. */
  private static final Pattern SAFE =
      Pattern.compile(
          "'[^']*+'|operator\\s*+\\(\\s*+pg_catalog\\s*+\\.[^)]*+\\)|:=|=>|\\(\\s*+\\*\\s*+\\)"
              + "|(?<=select)\\s*+\\*|\\.\\s*+\\*|\\.\\.|%(?:row)?type\\b|\\bfor\\s++\\w++\\s++in\\b");

  private static final Pattern OPERATOR =
      Pattern.compile(
          "[-+*/<>=~!@#%^&|`?]|\\b(?:in|i?like|between|similar\\s++to|distinct\\s++from)\\b");

  private static final Pattern CALL =
      Pattern.compile("(?<![\\w.\"])([a-z_]\\w*+)\\s*+\\(|(?<!\\.)\"[^\"]++\"\\s*+\\(");

  private static final Pattern CAST =
      Pattern.compile("(?:::\\s*+|\\bas\\s++(?=\\w++\\s*+\\)))([a-z_]\\w*+)(?!\\s*+\\.|\\w)");

  private static final Pattern VARIABLE =
      Pattern.compile("(?:^|;)\\s*+\\w++\\s++(?:constant\\s++)?+([a-z_]\\w*+)(?!\\s*+\\.|\\w)");

  /** Words before a parenthesis that are no names, or names that the grammar itself resolves. */
  private static final Set<String> WORDS =
      Set.of(
          "in",
          "any",
          "all",
          "some",
          "exists",
          "array",
          "values",
          "coalesce",
          "nullif",
          "greatest",
          "least",
          "row",
          "cast",
          "and",
          "or",
          "not",
          "when",
          "then",
          "else",
          "if",
          "elsif",
          "return",
          "select",
          "from",
          "where",
          "using",
          "on",
          "as",
          "with",
          "over",
          "filter",
          "by",
          "having",
          "union",
          "except",
          "intersect",
          "case",
          "into",
          "join",
          "lateral",
          "distinct",
          "only",
          "is",
          "operator",
          "while",
          "assert",
          "set",
          "materialized");

  /** Types whose names are words of the grammar, which means PostgreSQL's own by them. */
  private static final Set<String> TYPES =
      Set.of(
          "int",
          "integer",
          "smallint",
          "bigint",
          "real",
          "float",
          "double",
          "decimal",
          "dec",
          "numeric",
          "boolean",
          "bit",
          "character",
          "char",
          "varchar",
          "national",
          "nchar",
          "timestamp",
          "time",
          "interval");

  private final String code;

  SearchedNames(Function function) {
    this.code = SAFE.matcher(FunctionText.code(function).toLowerCase(Locale.ROOT)).replaceAll(" ");
  }

  boolean hasOperators() {
    return OPERATOR.matcher(code).find();
  }

  boolean hasFunctions() {
    Matcher call = CALL.matcher(code);
    while (call.find()) {
      String name = call.group(1);
      if (name == null || !(WORDS.contains(name) || TYPES.contains(name))) {
        return true;
      }
    }
    return false;
  }

  boolean hasTypes() {
    return hasTypes(CAST.matcher(code)) || hasTypes(VARIABLE.matcher(declared()));
  }

  private static boolean hasTypes(Matcher type) {
    while (type.find()) {
      if (!TYPES.contains(type.group(1))) {
        return true;
      }
    }
    return false;
  }

  private String declared() {
    int start = code.indexOf("declare");
    int end = start < 0 ? -1 : code.indexOf("begin", start);
    return end < 0 ? "" : code.substring(start + "declare".length(), end);
  }
}
