package dev.onbehalf.documentation;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import dev.onbehalf.documentation.Page.Block;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * All Java that the pages show compiles, with the imports that it shows. What is no class by itself
 * is the body of one, or of a method, which has what {@link Given} has.
 */
class JavaBlocksTest {
  private static final String HERE = "package dev.onbehalf.documentation; ";
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ");
  private static final Pattern CLASS =
      Pattern.compile("(?m)^(?:public |final |abstract )*(?:class|record|interface) (\\w+)");
  private static final Pattern IMPORTS = Pattern.compile("(?:import [^;]+;\\n+)*");

  /** Adds no line, so that the compiler's are those of the block. */
  private static JavaFileObject source(Block block, int number) {
    String text = block.text();
    String start = PACKAGE.matcher(text).find() ? "" : HERE;
    Matcher type = CLASS.matcher(text);
    if (type.find()) {
      return new Source(block, type.group(1), start + text);
    }
    Matcher imports = IMPORTS.matcher(text);
    int end = imports.lookingAt() ? imports.end() : 0;
    String name = "Fragment" + number;
    String body = text.substring(end);
    String members =
        body.startsWith("@")
            ? body
            : "Object run() throws Exception { if (true) {" + body + "} return null; }";
    return new Source(
        block,
        name,
        "%s%s abstract class %s extends Given { %s }"
            .formatted(start, text.substring(0, end), name, members));
  }

  private static final class Source extends SimpleJavaFileObject {
    private final Block block;
    private final String text;

    Source(Block block, String name, String text) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
      this.block = block;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    @Override
    public String toString() {
      return block.toString();
    }
  }

  private static String said(Diagnostic<? extends JavaFileObject> error) {
    String where =
        error.getSource() instanceof Source source
            ? source.block.page() + ":" + (source.block.line() + error.getLineNumber())
            : "";
    return where + ": " + error.getMessage(null);
  }

  @Test
  void theyCompile() throws IOException {
    List<Block> blocks = Page.blocks("java");
    assertThat(blocks).hasSizeGreaterThan(10);
    List<JavaFileObject> sources =
        blocks.stream().map(block -> source(block, blocks.indexOf(block))).toList();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:none",
            "-implicit:none",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    JavacTask task = (JavacTask) compiler.getTask(null, null, found, options, null, sources);
    task.analyze();
    assertThat(found.getDiagnostics())
        .filteredOn(it -> it.getKind() == Diagnostic.Kind.ERROR)
        .extracting(JavaBlocksTest::said)
        .isEmpty();
  }

  /** So it is run as well. */
  @Test
  void thatOfThePageOnTestsIsATest() throws IOException {
    String run =
        Files.readString(Path.of("src/test/java/dev/onbehalf/spring/test/OrdersTest.java"));
    Page page = Page.of(Page.ROOT.resolve("docs/testing.md"));
    String shown =
        page.blocks().stream()
            .filter(block -> block.language().equals("java"))
            .map(Block::text)
            .collect(joining());
    assertThat(run).contains(shown.substring(shown.indexOf("class OrdersTest")));
  }
}
