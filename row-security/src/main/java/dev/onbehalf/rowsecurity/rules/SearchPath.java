package dev.onbehalf.rowsecurity.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a search path; of any length, for whose it is may write into it what they like. */
final class SearchPath {
  private static final Pattern PART =
      Pattern.compile("\\s*+(?:\"([^\"]*+(?:\"\"[^\"]*+)*+)\"|([^,\\s]++))\\s*+(?:,|$)");

  private static final String USER = "$user";

  private SearchPath() {}

  /** The schemas' names, without quotes; {@code $user} and empty ones left out. */
  static List<String> schemas(String path) {
    return names(path).stream().filter(name -> !name.equals(USER)).toList();
  }

  /** Whether it looks in a schema that is named as who asks. */
  static boolean hasUser(String path) {
    return names(path).contains(USER);
  }

  private static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    Matcher part = PART.matcher(path);
    while (part.find()) {
      String name =
          part.group(1) == null
              ? part.group(2).toLowerCase(Locale.ROOT)
              : part.group(1).replace("\"\"", "\"");
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }
}
