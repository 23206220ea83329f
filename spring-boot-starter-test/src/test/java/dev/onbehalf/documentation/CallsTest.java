package dev.onbehalf.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A call that a page names within a sentence is there, and an application comes to what it is
 * called on.
 */
class CallsTest {
  private static final Pattern CALL = Pattern.compile("(?<![\\w.])(\\w+)\\.(\\w+)\\(");
  private static final Pattern MEMBER = Pattern.compile("([A-Z]\\w+)\\.([a-z]\\w+)(?:\\(.*)?");

  /** What pages call the things of ours that they speak of, besides a class by its own name. */
  private static final Map<String, String> NAMES =
      Map.of(
          "onBehalf", "OnBehalf",
          "database", "OnBehalfDatabase",
          "lakebase", "LakebaseLocal",
          "filter", "OnBehalfFilter");

  private static final List<String> OTHERS = List.of("connection", "address", "shop");

  private static final List<JavaClass> OURS =
      new ClassFileImporter()
          .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.onbehalf").stream()
              .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
              .toList();

  private static Optional<JavaClass> type(String name) {
    return OURS.stream().filter(type -> type.getSimpleName().equals(name)).findFirst();
  }

  private static boolean isThere(String receiver, String method) {
    boolean isType = Character.isUpperCase(receiver.charAt(0));
    Optional<JavaClass> type = type(isType ? receiver : NAMES.getOrDefault(receiver, ""));
    if (type.isEmpty()) {
      return isType || OTHERS.contains(receiver); // a class of somebody else's
    }
    return type.get().getAllMethods().stream()
        .anyMatch(
            it -> it.getName().equals(method) && it.getModifiers().contains(JavaModifier.PUBLIC));
  }

  private static Stream<MatchResult> found(Page page, Pattern pattern) {
    return page.code().stream().flatMap(code -> pattern.matcher(code).results());
  }

  @Test
  void eachIsThere() {
    for (Page page : Page.all()) {
      assertThat(found(page, CALL).filter(it -> !isThere(it.group(1), it.group(2))))
          .extracting(MatchResult::group)
          .as(page.toString())
          .isEmpty();
    }
  }

  /** Whoever has the starter never holds a thing of the pool's own: OnBehalfDatabase has those. */
  @Test
  void operationsAreThoseOfABean() {
    Page page = Page.of(Page.ROOT.resolve("docs/operations.md"));
    assertThat(found(page, MEMBER))
        .extracting(it -> type(it.group(1)).map(JavaClass::getPackageName).orElse(""))
        .doesNotContain("dev.onbehalf.pool");
  }
}
