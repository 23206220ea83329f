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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the documentation says of proxies is what {@code ./check real} runs, but for addresses. */
class DocumentedProxyTest {
  @ParameterizedTest
  @CsvSource({
    "apache, other-proxies.md, httpd.conf",
    "nginx, fleet.md, nginx.conf",
    "haproxy, fleet.md, haproxy.cfg"
  })
  void eachDocumentedLineIsInTheConfigurationThatIsRun(
      String language, String page, String configuration) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../docs", page)));
    assertThat(block.find()).isTrue();
    Set<String> run =
        Set.copyOf(lines(Files.readString(Path.of("src/test/resources/real", configuration))));
    List<String> documented = lines(block.group(1));
    assertThat(documented).hasSizeGreaterThan(10).allMatch(run::contains);
  }

  private static List<String> lines(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(line -> line.replaceAll("https?://[^/]+(/realms/\\S+|/signed-in)?\\S*", "ADDRESS$1"))
        .map(line -> line.replaceAll("(Secret|Passphrase) .*", "$1"))
        .map(line -> line.replaceAll("BeforeExpiry \\d+", "BeforeExpiry"))
        .map(line -> line.replaceAll("127\\.0\\.0\\.1:(\\d+|@\\w@)", "INSTANCE"))
        .map(line -> line.replaceAll(" @STATE_\\w@", ""))
        .collect(Collectors.toList());
  }
}
