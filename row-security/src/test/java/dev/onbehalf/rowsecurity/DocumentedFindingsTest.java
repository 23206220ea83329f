package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.rowsecurity.rules.Rules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/row-security.md lists what there is, in the order of the code. */
final class DocumentedFindingsTest {
  private static final Pattern ROW = Pattern.compile("^\\| `([a-z-]+)` \\| ", Pattern.MULTILINE);

  @Test
  void every_finding_is_documented_and_nothing_else() throws Exception {
    String page = Files.readString(Path.of("../docs/row-security.md"));
    String list = page.substring(page.indexOf("## Every finding"));
    assertThat(ROW.matcher(list).results().map(row -> row.group(1)).toList())
        .isEqualTo(Rules.ids());
  }
}
