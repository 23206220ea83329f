package dev.onbehalf.playground;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The strings that Java sources spell out, each with all that is added to it by plus. */
final class JavaStrings {
  /** Stands for what is no literal. */
  static final char UNKNOWN = '\u2026';

  private JavaStrings() {}

  /** By the source in which they stand. */
  static Map<Path, List<String>> of(List<Path> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Map<Path, List<String>> strings = new LinkedHashMap<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      for (CompilationUnitTree unit : task.parse()) {
        List<String> found = new ArrayList<>();
        new Collector(found).scan(unit, null);
        strings.put(Path.of(unit.getSourceFile().toUri()), found);
      }
    }
    return strings;
  }

  private static final class Collector extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final List<String> strings;

    Collector(List<String> strings) {
      this.strings = strings;
    }

    @Override
    public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void unused) {
      if (literal.getValue() instanceof String string) {
        strings.add(string);
      }
      return null;
    }

    @Override
    public @Nullable Void visitBinary(BinaryTree sum, @Nullable Void unused) {
      if (sum.getKind() != Tree.Kind.PLUS) {
        return super.visitBinary(sum, null);
      }
      StringBuilder joined = new StringBuilder();
      add(sum, joined);
      strings.add(joined.toString());
      return null;
    }

    private void add(Tree operand, StringBuilder joined) {
      if (operand instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
        add(sum.getLeftOperand(), joined);
        add(sum.getRightOperand(), joined);
      } else if (operand instanceof LiteralTree literal) {
        joined.append(literal.getValue());
      } else {
        joined.append(UNKNOWN);
        scan(operand, null);
      }
    }
  }
}
