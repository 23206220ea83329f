package dev.onbehalf.playground.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the documentation says of Apache is what {@code ./check real} runs, but for addresses. */
class DocumentedProxyTest {
  private static final Pattern APACHE = Pattern.compile("```apache\n(.*?)```", Pattern.DOTALL);

  @Test
  void eachDocumentedLineIsInTheConfigurationThatIsRun() throws IOException {
    Matcher block = APACHE.matcher(Files.readString(Path.of("../docs/other-proxies.md")));
    assertThat(block.find()).isTrue();
    Set<String> run =
        Set.copyOf(lines(Files.readString(Path.of("src/test/resources/real/httpd.conf"))));
    List<String> documented = lines(block.group(1));
    assertThat(documented).hasSizeGreaterThan(15).allMatch(run::contains);
  }

  private static List<String> lines(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(line -> line.replaceAll("https?://[^/]+(/realms/\\S+|/signed-in)?\\S*", "ADDRESS$1"))
        .map(line -> line.replaceAll("(Secret|Passphrase) .*", "$1"))
        .map(line -> line.replaceAll("BeforeExpiry \\d+", "BeforeExpiry"))
        .collect(Collectors.toList());
  }
}
