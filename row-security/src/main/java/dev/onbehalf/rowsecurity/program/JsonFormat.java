package dev.onbehalf.rowsecurity.program;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** For programs. */
final class JsonFormat {
  private JsonFormat() {}

  static String write(Report report, Baseline baseline) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("serverVersion", report.serverVersion());
    json.put("people", report.people());
    json.put("tables", report.tables());
    json.put("findings", report.findings().stream().map(f -> finding(f, baseline)).toList());
    json.put("baseline", List.copyOf(baseline.complaints(report.findings())));
    return Json.write(json);
  }

  private static Map<String, Object> finding(Finding finding, Baseline baseline) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", finding.id());
    json.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
    json.put("object", finding.object());
    json.put("sentence", finding.sentence());
    json.put("mend", finding.mend());
    json.put("manual", finding.manual());
    if (!finding.plan().isEmpty()) {
      json.put("plan", finding.plan());
    }
    baseline.reason(finding).ifPresent(reason -> json.put("accepted", reason));
    return json;
  }
}
