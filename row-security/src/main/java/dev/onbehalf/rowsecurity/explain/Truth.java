package dev.onbehalf.rowsecurity.explain;

import org.jspecify.annotations.Nullable;

/**
 * What a condition came to: true, false, null, which counts as false, or an error.
 *
 * @param word {@code true}, {@code false}, {@code null} or {@code error}
 * @param error the server's own sentence, and its SQLState
 */
public record Truth(String word, @Nullable String error) {
  static Truth of(Outcome outcome) {
    if (outcome.error() != null) {
      return new Truth(
          "error", "%s (%s)".formatted(outcome.error().text(), outcome.error().state()));
    }
    return new Truth(outcome.text() == null ? "null" : outcome.text(), null);
  }

  /** Whether it lets the row through. */
  public boolean isTrue() {
    return word.equals("true");
  }

  @Override
  public String toString() {
    return switch (word) {
      case "null" -> "null, which counts as false";
      case "error" -> "an error: " + error;
      default -> word;
    };
  }
}
