package dev.onbehalf.rowsecurity.program;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.rowsecurity.Severity;
import java.util.List;
import java.util.Locale;

/** For people. */
final class TextFormat {
  private TextFormat() {}

  static String write(Report report, Baseline baseline) {
    StringBuilder text = new StringBuilder();
    List<Finding> open =
        report.findings().stream().filter(f -> baseline.reason(f).isEmpty()).toList();
    for (Finding finding : open) {
      text.append(
          "%s %s %s\n  %s\n%s  %s\n"
              .formatted(
                  finding.severity().name().toLowerCase(Locale.ROOT),
                  finding.id(),
                  finding.object(),
                  finding.sentence(),
                  finding.mend().indent(4),
                  finding.manual()));
      if (!finding.plan().isEmpty()) {
        text.append(finding.plan().indent(4));
      }
      text.append('\n');
    }
    return text.append(
            "%s, %s, %s; %s accepted. %s people, %s tables and views.\n"
                .formatted(
                    count(open, Severity.ERROR),
                    count(open, Severity.WARNING),
                    count(open, Severity.NOTE),
                    report.findings().size() - open.size(),
                    report.people(),
                    report.tables()))
        .toString();
  }

  private static String count(List<Finding> findings, Severity severity) {
    long count = findings.stream().filter(finding -> finding.severity() == severity).count();
    return "%s %s%s"
        .formatted(count, severity.name().toLowerCase(Locale.ROOT), count == 1 ? "" : "s");
  }
}
