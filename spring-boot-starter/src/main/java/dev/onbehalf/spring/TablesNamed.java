package dev.onbehalf.spring;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables that a statement names, as far as a look at its text tells: for hints, never for
 * decisions. What is built at run time, within functions or behind views, is not seen.
 */
final class TablesNamed {
  private static final int LONGEST = 20_000;

  /** Strings, comments and dollar quotes say nothing. */
  private static final Pattern SILENT =
      Pattern.compile("'(?:[^']|'')*+'|--[^\\n]*+|(?s:/\\*.*?\\*/)|(?s:\\$\\$.*?\\$\\$)");

  private static final String PART = "(?:\"(?:[^\"]|\"\")++\"|[\\p{L}_][\\p{L}\\p{N}_$]*+)";
  private static final String NAME = PART + "(?:\\s*+\\.\\s*+" + PART + ")?+";
  private static final String ALIAS =
      "(?:\\s++(?:as\\s++)?+(?!set\\b|where\\b|on\\b)" + PART + ")?";

  private static final Pattern TABLES =
      Pattern.compile(
          "\\b(?:from|join|update|using)\\s++(?:only\\s++)?+(?:lateral\\s++)?+("
              + NAME
              + "(?:"
              + ALIAS
              + "\\s*+,\\s*+"
              + NAME
              + ")*+)(?!\\s*+\\(|[\\p{L}\\p{N}_$.])",
          Pattern.CASE_INSENSITIVE);

  /** What stands in brackets behind such a name are columns. */
  private static final Pattern TARGET =
      Pattern.compile("\\binto\\s++(" + NAME + ")", Pattern.CASE_INSENSITIVE);

  private static final Pattern FIRST_NAME = Pattern.compile("\\s*+(" + NAME + ")");

  private TablesNamed() {}

  /** Each as the statement has it, with its schema if that is there. */
  static Set<String> in(String sql) {
    String statement = sql.substring(0, Math.min(sql.length(), LONGEST));
    Set<String> tables = new LinkedHashSet<>();
    String telling = SILENT.matcher(statement).replaceAll("''");
    TARGET.matcher(telling).results().map(it -> it.group(1)).forEach(tables::add);
    Matcher list = TABLES.matcher(telling);
    while (list.find()) {
      for (String item : list.group(1).split(",", -1)) {
        Matcher name = FIRST_NAME.matcher(item);
        if (name.lookingAt()) {
          tables.add(name.group(1));
        }
      }
    }
    return tables;
  }
}
