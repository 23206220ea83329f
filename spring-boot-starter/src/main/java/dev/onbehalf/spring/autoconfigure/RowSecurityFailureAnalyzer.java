package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.RowSecurityException;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What is open, and the SQL that closes it. */
final class RowSecurityFailureAnalyzer extends AbstractFailureAnalyzer<RowSecurityException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, RowSecurityException cause) {
    return new FailureAnalysis(
        "Row-Level Security does not hold, and onbehalf.row-security.check is fail:"
            + cause.findings().stream()
                .map(it -> "%n  %s, %s: %s".formatted(it.id(), it.object(), it.sentence()))
                .collect(Collectors.joining()),
        "Read this SQL, and run it if it says what you mean:"
            + cause.findings().stream()
                .map(it -> "%n%s".formatted(it.mend()))
                .collect(Collectors.joining()),
        cause);
  }
}
