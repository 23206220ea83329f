package dev.onbehalf.lakebaselocal.proxy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a browser sends as Cookie (RFC 6265, section 5.4). */
final class Cookies {
  private Cookies() {}

  /** The value of the one cookie of this name; two could be two people's. */
  static Optional<String> value(List<String> headers, String name) {
    List<String> values =
        pairs(headers).stream()
            .filter(pair -> isNamed(pair, name))
            .map(pair -> unquoted(pair.substring(pair.indexOf('=') + 1).strip()))
            .distinct()
            .toList();
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  /** As Java's own client puts it. */
  private static String unquoted(String value) {
    return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /** One header without that cookie, empty if nothing is left. */
  static Optional<String> without(List<String> headers, String name) {
    List<String> others = new ArrayList<>(pairs(headers));
    others.removeIf(pair -> isNamed(pair, name));
    return others.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", others));
  }

  /** Whether an answer's Set-Cookie is about that cookie. */
  static boolean sets(String setCookie, String name) {
    return isNamed(setCookie.split(";", 2)[0].strip(), name);
  }

  private static List<String> pairs(List<String> headers) {
    return headers.stream()
        .flatMap(header -> Arrays.stream(header.split(";")))
        .map(String::strip)
        .filter(pair -> !pair.isEmpty())
        .toList();
  }

  private static boolean isNamed(String pair, String name) {
    int equals = pair.indexOf('=');
    return equals >= 0 && pair.substring(0, equals).strip().equals(name);
  }
}
