package dev.onbehalf.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each link within the repository leads somewhere, and each test that is named is there. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  @Test
  void linksLeadSomewhere() {
    List<String> broken = new ArrayList<>();
    int seen = 0;
    for (Page page : Page.all()) {
      for (MatchResult link : LINK.matcher(page.prose()).results().toList()) {
        String target = link.group(1);
        if (!target.contains(":")) {
          seen++;
          if (!leadsSomewhere(page, target)) {
            broken.add(page + ": " + target);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(seen).isGreaterThan(50);
  }

  private static boolean leadsSomewhere(Page from, String target) {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? from.path() : from.path().resolveSibling(parts[0]).normalize();
    return Files.exists(file) && (parts.length == 1 || anchors(Page.of(file)).contains(parts[1]));
  }

  /** As GitHub makes them. */
  private static Set<String> anchors(Page page) {
    return HEADING
        .matcher(page.prose())
        .results()
        .map(it -> it.group(1).toLowerCase(Locale.ROOT))
        .map(it -> it.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @Test
  void testsThatAreNamedAreThere() throws IOException {
    Set<String> tests;
    try (Stream<Path> files = Files.walk(Page.ROOT)) {
      tests =
          files
              .filter(file -> file.toString().contains("/src/test/java/"))
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .collect(Collectors.toSet());
    }
    for (Page page : Page.all()) {
      assertThat(page.code().stream().filter(code -> code.matches("[A-Z]\\w+(Test|IT)")))
          .as("%s", page)
          .allMatch(name -> tests.contains(name) || isSprings(name));
    }
  }

  /** An annotation's name, without its at sign. */
  private static boolean isSprings(String name) {
    return name.equals("SpringBootTest");
  }
}
