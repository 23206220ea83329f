package dev.onbehalf.rowsecurity.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy that applies to a person and a command.
 *
 * @param command ALL, SELECT, INSERT, UPDATE or DELETE, as it was created FOR
 * @param roles whom it is TO
 * @param chain from the person to the role through which it applies; PUBLIC alone for everybody
 * @param condition null if it has no expression for this use, and so admits nothing if it is
 *     permissive, and forbids nothing if it is restrictive
 */
public record PolicyResult(
    String name,
    String command,
    boolean permissive,
    List<String> roles,
    List<String> chain,
    @Nullable Part condition) {

  String title() {
    String via = chain.size() < 3 ? "" : ", through " + String.join(" -> ", chain);
    return "\"%s\" (%s, for %s, to %s%s)"
        .formatted(
            name,
            permissive ? "permissive" : "restrictive",
            command,
            String.join(", ", roles),
            via);
  }
}
