package dev.onbehalf.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.documentation.Page.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the pages' commands name is there: scripts and what they are told, modules, tests, jars,
 * classes. Those of docs/first-steps.md are run, by docs/try; what lakebase-local is told is
 * parsed, and the calls to it are made, by its own DocumentedOptionsTest and LocalRoutesTest.
 */
class CommandsTest {
  /** Of other programs, whose arguments are their own. */
  private static final Set<String> OTHERS =
      Set.of("curl", "databricks", "export", "grep", "oauth2-proxy", "psql", "|", "jq");

  private static final Pattern OPTION = Pattern.compile("case \"(--[a-z-]+)\"");

  private static List<List<String>> commands(Block block) {
    return block
        .text()
        .replace("\\\n", " ")
        .replaceAll("(?m)(^|\\s)#.*$", "")
        .replaceAll("&&\\s*\n", "\n")
        .lines()
        .map(line -> List.of(line.replace("'", "").strip().split("\\s+")))
        .filter(words -> !words.get(0).isEmpty())
        .toList();
  }

  @Test
  void whatTheyNameIsThere() throws IOException {
    List<Block> blocks =
        Stream.concat(
                Page.blocks("sh").stream(), Page.blocks("").stream().filter(CommandsTest::isJava))
            .toList();
    assertThat(blocks).hasSizeGreaterThan(10);
    for (Block block : blocks) {
      for (List<String> command : commands(block)) {
        assertThat(wrongIn(block, command)).as("%s: %s", block, command).isEmpty();
      }
    }
  }

  @Test
  void thePageOnRowSecurityHasEachOptionOfTheProgram() throws IOException {
    Path sources = Page.ROOT.resolve("row-security/src/main/java/dev/onbehalf/rowsecurity");
    String options =
        Files.readString(sources.resolve("program/Options.java"))
            + Files.readString(sources.resolve("explain/WhyCommand.java"));
    String page = Page.of(Page.ROOT.resolve("docs/row-security.md")).text();
    assertThat(OPTION.matcher(options).results().map(option -> option.group(1)))
        .hasSizeGreaterThan(10)
        .allMatch(page::contains);
  }

  private static boolean isJava(Block block) {
    return block.text().startsWith("java ");
  }

  private static List<String> wrongIn(Block block, List<String> command) throws IOException {
    String program = command.get(0);
    if (program.equals("mvn")) {
      return wrongForMaven(block, command);
    }
    if (program.equals("java")) {
      return wrongForJava(block, command);
    }
    if (program.contains("/")) {
      return wrongForScript(block, command);
    }
    return OTHERS.contains(program) || program.contains("=")
        ? List.of()
        : List.of("unknown program " + program);
  }

  private static List<String> wrongForScript(Block block, List<String> command) throws IOException {
    Path script = path(block, command.get(0));
    if (!Files.isExecutable(script)) {
      return List.of("no script " + script);
    }
    String text = Files.readString(script);
    return command.stream()
        .skip(1)
        .filter(word -> !word.contains("/") && !text.contains(word))
        .toList();
  }

  private static List<String> wrongForMaven(Block block, List<String> command) throws IOException {
    List<String> wrong = new ArrayList<>();
    Iterator<String> words = command.iterator();
    while (words.hasNext()) {
      String word = words.next();
      if (word.equals("-pl")) {
        for (String module : words.next().split(",", -1)) {
          if (!Files.exists(Page.ROOT.resolve(module).resolve("pom.xml"))) {
            wrong.add("no module " + module);
          }
        }
      } else if (word.equals("-f") && !isThere(block, words.next())) {
        wrong.add("no such pom");
      } else if (word.startsWith("-Dtest=") && !isTest(word.substring(7))) {
        wrong.add("no test " + word);
      }
    }
    return wrong;
  }

  private static boolean isTest(String name) throws IOException {
    try (Stream<Path> files = Files.walk(Page.ROOT)) {
      return files.anyMatch(file -> file.endsWith(name + ".java"));
    }
  }

  private static List<String> wrongForJava(Block block, List<String> command) throws IOException {
    int jar = command.indexOf("-jar");
    if (jar >= 0) {
      String name = command.get(jar + 1);
      return name.equals("app.jar") || isBuilt(block, name) ? List.of() : List.of("no jar " + name);
    }
    String name = command.get(command.size() - 1);
    return Files.exists(
            Page.ROOT.resolve("benchmarks/src/main/java/" + name.replace('.', '/') + ".java"))
        ? List.of()
        : List.of("no class " + name);
  }

  /** By the pom of the folder in whose target it is. */
  private static boolean isBuilt(Block block, String jar) throws IOException {
    Path path = path(block, jar);
    Path pom = path.resolveSibling("../pom.xml").normalize();
    String name = path.getFileName().toString().replace(".jar", "");
    String text =
        Files.exists(pom) ? Files.readString(pom) : madeBy(block, Page.ROOT.relativize(pom));
    return text.contains(name);
  }

  private static String madeBy(Block block, Path file) {
    return block.page().blocks().stream()
        .filter(it -> file.endsWith(it.file()) && !it.file().isEmpty())
        .map(Block::text)
        .findFirst()
        .orElse("");
  }

  private static boolean isThere(Block block, String file) {
    return Files.exists(path(block, file))
        || block.page().blocks().stream().anyMatch(it -> it.file().equals(file));
  }

  /** From the repository's root, from a folder with it as "onbehalf", or from the page's module. */
  private static Path path(Block block, String path) {
    Path page = block.page().path().resolveSibling(".").normalize();
    Path from = page.endsWith("docs") ? Page.ROOT : page;
    return from.resolve(path.replaceFirst("^onbehalf/", "")).normalize();
  }
}
