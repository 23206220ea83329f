package dev.onbehalf.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation: its text, and the blocks that are fenced off in it. */
record Page(Path path, String text) {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)(?: (\\S+))?\\n(.*?)^```$");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");

  /**
   * What is fenced off.
   *
   * @param file what docs/try makes of it; else empty
   */
  record Block(Page page, int line, String language, String file, String text) {
    @Override
    public String toString() {
      return page + ":" + line;
    }
  }

  /** README.md, docs/ and the pages of modules and of the project. */
  static List<Page> all() {
    return Stream.of("", "docs", "lakebase-local", "examples/databricks-app")
        .map(ROOT::resolve)
        .flatMap(Page::in)
        .toList();
  }

  private static Stream<Page> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream()
          .map(Page::of);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page of(Path path) {
    try {
      return new Page(path, Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Block> blocks(String... languages) {
    return all().stream()
        .flatMap(page -> page.blocks().stream())
        .filter(block -> List.of(languages).contains(block.language()))
        .toList();
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    BLOCK
        .matcher(text)
        .results()
        .forEach(
            found ->
                blocks.add(
                    new Block(
                        this,
                        (int) text.substring(0, found.start()).lines().count() + 1,
                        found.group(1),
                        found.group(2) == null ? "" : found.group(2),
                        found.group(3))));
    return blocks;
  }

  /** The text without what is fenced off. */
  String prose() {
    return BLOCK.matcher(text).replaceAll("");
  }

  /** What stands in the text as code. */
  List<String> code() {
    return CODE.matcher(prose()).results().map((MatchResult found) -> found.group(1)).toList();
  }

  /** The part under a heading, up to the next one. */
  String section(String heading) {
    int start = text.indexOf("\n## " + heading + "\n");
    if (start < 0) {
      throw new IllegalArgumentException(this + " has no heading " + heading);
    }
    int end = text.indexOf("\n## ", start + 1);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  @Override
  public String toString() {
    return ROOT.relativize(path).toString();
  }
}
