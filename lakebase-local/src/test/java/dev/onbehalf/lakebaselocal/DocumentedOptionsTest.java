package dev.onbehalf.lakebaselocal;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation tells the program is what the program understands. */
class DocumentedOptionsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^java -jar (?:\\S*/)?lakebase-local\\.jar(.*)$");
  private static final Pattern OPTION = Pattern.compile("(?m)^\\s*\\|? ?`?(--\\w[\\w-]*)");

  /** The arguments, up to a comment or to where the output goes. */
  private static List<List<String>> commands() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(
              docs.filter(file -> file.toString().endsWith(".md")),
              Stream.of(ROOT.resolve("README.md"), Path.of("README.md")))
          .map(DocumentedOptionsTest::read)
          .flatMap(text -> COMMAND.matcher(text.replace("\\\n", " ")).results())
          .map(found -> found.group(1).replaceAll("[>#].*", "").strip())
          .map(arguments -> List.of(arguments.split("\\s+")))
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).replace("onbehalf/", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> options(String text) {
    return OPTION.matcher(text).results().map(found -> found.group(1)).collect(toSet());
  }

  @Test
  void commandsAreUnderstood(@TempDir Path folder) throws Exception {
    String schema = Files.writeString(folder.resolve("schema.sql"), "SELECT 1;").toString();
    List<List<String>> commands = commands();
    assertThat(commands).hasSizeGreaterThan(5);
    for (List<String> command : commands) {
      if (command.get(0).equals("psql")) {
        PsqlCommand.parse(command.subList(1, command.size()));
      } else {
        Options.parse(
            command.stream().map(word -> word.equals("schema.sql") ? schema : word).toList());
      }
    }
  }

  @Test
  void thePageHasEachOption() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/lakebase-local.md"));
    String table = page.substring(page.indexOf("| option |"), page.indexOf("## The environment"));
    assertThat(options(table)).isEqualTo(options(Usage.TEXT));
  }
}
