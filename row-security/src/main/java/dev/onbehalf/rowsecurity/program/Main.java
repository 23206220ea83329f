package dev.onbehalf.rowsecurity.program;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.rowsecurity.RowSecurity;
import dev.onbehalf.rowsecurity.explain.WhyCommand;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The program: examines and writes the report to standard output, or answers why; says by its exit
 * code what came of it.
 */
final class Main {
  static final int FOUND = 1;
  static final int USAGE = 2;
  static final int FAILED = 3;

  private Main() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(List.of(args), System.getenv(), out, err));
  }

  /** The exit code. */
  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (arguments.contains("--help")) {
      out.print(Usage.TEXT);
      return 0;
    }
    try {
      if (WhyCommand.isMeant(arguments)) {
        List<String> question = new ArrayList<>(arguments);
        DataSource database = Database.of(Options.takeUrl(question), environment);
        return WhyCommand.run(question, database, out, err);
      }
      Options options = Options.parse(arguments);
      DataSource database = Database.of(options.url(), environment);
      return report(options, RowSecurity.examine(database, options.scope()), out, err);
    } catch (UsageException e) {
      err.println(e.getMessage());
      err.print(Usage.TEXT);
      return USAGE;
    } catch (IllegalArgumentException e) { // no such role or schema
      err.println(e.getMessage());
      return USAGE;
    } catch (SQLException e) {
      err.println("The database could not be asked: " + e.getMessage());
      return FAILED;
    }
  }

  private static int report(Options options, Report report, PrintStream out, PrintStream err) {
    Baseline baseline = options.baseline();
    baseline.complaints(report.findings()).forEach(text -> err.println("baseline, " + text));
    out.print(
        switch (options.format()) {
          case TEXT -> TextFormat.write(report, baseline);
          case JSON -> JsonFormat.write(report, baseline);
          case SARIF -> SarifFormat.write(report, baseline);
        });
    List<Finding> left =
        report.findings().stream()
            .filter(finding -> baseline.reason(finding).isEmpty())
            .filter(finding -> finding.severity().isAtLeast(options.failOn()))
            .toList();
    return left.isEmpty() ? 0 : FOUND;
  }
}
