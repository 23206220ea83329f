package dev.onbehalf.identity;

import dev.onbehalf.identity.internal.SettingsReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a session is to begin with, as the startup message's {@code options} say it: those of {@code
 * PGOPTIONS}, with time-outs put over them. They are the session's defaults, to which a connection
 * is reset.
 *
 * <p>{@code PGOPTIONS} is read as the server does ({@code pg_split_opts} and {@code
 * ParseLongOption}: words, backslashes, {@code -c name=value} and {@code --name=value}, hyphens
 * that are underscores) and written anew, so that what was looked at is what is sent. Other
 * switches of the server are refused, and so is what would begin the session as another role.
 *
 * @param values by the parameter's name, in lower case
 */
record StartupOptions(Map<String, String> values) {
  private static final String VARIABLE = "PGOPTIONS";
  private static final Pattern SETTING =
      Pattern.compile("([a-z_][a-z0-9_.$]*)=(.*)", Pattern.DOTALL);

  /** Whose session it is, is what Onbehalf is for. */
  private static final Set<String> IDENTITY = Set.of("role", "session_authorization");

  StartupOptions {
    values = new LinkedHashMap<>(values);
  }

  static StartupOptions read(SettingsReader read) {
    Map<String, String> values = new LinkedHashMap<>();
    Optional<String> options = read.optional(VARIABLE);
    if (options.isEmpty()) {
      return new StartupOptions(values);
    }
    List<String> words = words(options.get());
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean takesNext = word.equals("-c") && i + 1 < words.size();
      String setting = takesNext ? words.get(++i) : word.replaceFirst("^(-c|--)", "");
      boolean marked = takesNext || word.startsWith("-c") || word.startsWith("--");
      Matcher matcher = SETTING.matcher(normalized(setting));
      if (!marked || !matcher.matches()) {
        read.problem(
            "%s has \"%s\", which is no setting. Example: %s=-c work_mem=64MB",
            VARIABLE, word, VARIABLE);
      } else if (IDENTITY.contains(matcher.group(1))) {
        read.problem(
            "%s sets %s, and a session works as whoever logged in. Remove it; the application's own"
                + " role is PGUSER",
            VARIABLE, matcher.group(1));
      } else {
        values.put(matcher.group(1), matcher.group(2));
      }
    }
    return new StartupOptions(values);
  }

  /** The name as the server compares it; the value as it stands. */
  private static String normalized(String setting) {
    int end = setting.indexOf('=');
    return end < 0
        ? setting
        : setting.substring(0, end).toLowerCase(Locale.ROOT).replace('-', '_')
            + setting.substring(end);
  }

  private static List<String> words(String options) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean within = false;
    for (int i = 0; i < options.length(); i++) {
      char c = options.charAt(i);
      if (isSpace(c)) {
        if (within) {
          words.add(word.toString());
          word.setLength(0);
        }
        within = false;
      } else {
        boolean escapes = c == '\\' && i + 1 < options.length();
        word.append(escapes ? options.charAt(++i) : c);
        within = true;
      }
    }
    if (within) {
      words.add(word.toString());
    }
    return words;
  }

  /** C's {@code isspace}. */
  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** These, and a time-out; zero leaves it as it is. */
  StartupOptions with(String parameter, Duration timeout) {
    if (timeout.isZero()) {
      return this;
    }
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(parameter, Long.toString(timeout.toMillis()));
    return new StartupOptions(more);
  }

  /** As the startup message has it; empty when there is nothing to say. */
  String text() {
    return values.entrySet().stream()
        .map(it -> "-c " + it.getKey() + "=" + escaped(it.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String escaped(String value) {
    return value.replaceAll("[\\s\\\\]", "\\\\$0");
  }
}
