package dev.onbehalf.rowsecurity.program;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.rowsecurity.rules.Rules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * For what shows findings beside code.
 *
 * @see <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">SARIF 2.1.0</a>
 */
final class SarifFormat {
  private SarifFormat() {}

  static String write(Report report, Baseline baseline) {
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "onbehalf-row-security");
    driver.put("informationUri", "https://onbehalf.dev/onbehalf");
    driver.put("rules", Rules.ALL.stream().map(rule -> Map.of("id", rule.id())).toList());
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver));
    run.put("results", report.findings().stream().map(f -> result(f, baseline)).toList());
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    log.put("version", "2.1.0");
    log.put("runs", List.of(run));
    return Json.write(log);
  }

  private static Map<String, Object> result(Finding finding, Baseline baseline) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ruleId", finding.id());
    result.put("ruleIndex", Rules.ids().indexOf(finding.id()));
    result.put("level", finding.severity().name().toLowerCase(Locale.ROOT));
    result.put("message", Map.of("text", finding.sentence()));
    result.put(
        "locations",
        List.of(
            Map.of(
                "logicalLocations",
                List.of(Map.of("fullyQualifiedName", finding.object(), "kind", "object")))));
    result.put("partialFingerprints", Map.of("finding/v1", finding.id() + " " + finding.object()));
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("mend", finding.mend());
    properties.put("manual", finding.manual());
    if (!finding.plan().isEmpty()) {
      properties.put("plan", finding.plan());
    }
    result.put("properties", properties);
    baseline
        .reason(finding)
        .ifPresent(
            reason ->
                result.put(
                    "suppressions", List.of(Map.of("kind", "external", "justification", reason))));
    return result;
  }
}
