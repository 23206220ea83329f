package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A row of {@code pg_proc}, the system's left out.
 *
 * @param volatility i, s or v
 * @param settings {@code proconfig}
 * @param source {@code prosrc}, or the body that was parsed when it was made
 * @param isParsed whether the body was parsed when it was made, so that its names can't change
 * @param returns the type's name
 */
public record Function(
    long oid,
    String schema,
    String name,
    String arguments,
    long owner,
    boolean isDefiner,
    char volatility,
    boolean isLeakproof,
    List<String> settings,
    String language,
    String source,
    boolean isParsed,
    String returns,
    boolean isProcedure,
    boolean reported) {

  /** Whether it is called by triggers only. */
  public boolean isTriggerFunction() {
    return returns.equals("trigger") || returns.equals("event_trigger");
  }

  /** The names of what callers give it. */
  public Set<String> parameters() {
    return Stream.of(arguments.toLowerCase(Locale.ROOT).split(",\\s*", -1))
        .filter(argument -> !argument.startsWith("out "))
        .map(argument -> argument.replaceFirst("^(?:inout|variadic) ", "").split(" ", 2)[0])
        .collect(Collectors.toSet());
  }

  /** The value of its own {@code SET search_path}. */
  public Optional<String> searchPath() {
    return settings.stream()
        .filter(setting -> setting.startsWith("search_path="))
        .map(setting -> setting.substring("search_path=".length()))
        .findFirst();
  }

  /** Whether its text has names that the caller's search path resolves. */
  public boolean isSearching() {
    return !isParsed && !language.equals("c") && !language.equals("internal");
  }

  /** Whether the text has a word, case aside. */
  public boolean mentions(String word) {
    return source.toLowerCase(Locale.ROOT).contains(word);
  }

  /** {@code FUNCTION "schema"."name"(arguments)}, for ALTER, GRANT and REVOKE. */
  public String quoted() {
    return "%s %s.%s(%s)"
        .formatted(
            isProcedure ? "PROCEDURE" : "FUNCTION",
            Names.quoted(schema),
            Names.quoted(name),
            arguments);
  }

  /** For people. */
  @Override
  public String toString() {
    return "%s.%s(%s)".formatted(Names.readable(schema), Names.readable(name), arguments);
  }
}
