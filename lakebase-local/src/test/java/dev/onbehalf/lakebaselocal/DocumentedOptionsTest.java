package dev.onbehalf.lakebaselocal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
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

  @Test
  void callsOverHttpAreAnswered(@TempDir Path folder) throws Exception {
    assumeThat(Stream.of(System.getenv("PATH").split(File.pathSeparator, -1)))
        .anyMatch(place -> Files.isExecutable(Path.of(place, "curl")));
    String page = Files.readString(ROOT.resolve("docs/lakebase-local.md"));
    int start = page.indexOf("export $(grep");
    String script = page.substring(start, page.indexOf("```", start));
    assertThat(script.lines().filter(line -> line.startsWith("curl "))).hasSizeGreaterThan(6);
    try (LakebaseLocal lakebase = LakebaseLocal.builder().start()) {
      Files.write(
          folder.resolve("lakebase.env"),
          lakebase.environment().entrySet().stream()
              .map(variable -> variable.getKey() + "=" + variable.getValue())
              .toList());
      Process shell =
          new ProcessBuilder("sh", "-e", "-c", script.replace("curl ", "curl -sSf "))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(shell.getInputStream().readAllBytes(), UTF_8);
      assertThat(shell.waitFor()).as(said).isZero();
      assertThat(lakebase.users()).doesNotContain("dave@example.com");
    }
  }
}
