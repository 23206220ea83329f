package dev.onbehalf.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.documentation.Page.Block;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whoever copies a dependency gets one that is published, and the BOM has each that is. */
class MavenBlocksTest {
  private static final Pattern OURS =
      Pattern.compile(
          "<groupId>dev\\.onbehalf</groupId>\\s*<artifactId>([^<]+)</artifactId>"
              + "\\s*<version>([^<]+)</version>");
  private static final Pattern README_ROW = Pattern.compile("(?m)^\\| `(onbehalf-[a-z-]+)` \\|");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final List<String> UNPUBLISHED = List.of("playground", "benchmarks");

  private static String pom(String folder) throws Exception {
    return Files.readString(Page.ROOT.resolve(folder).resolve("pom.xml"));
  }

  private static List<String> published() throws Exception {
    List<String> artifacts = new ArrayList<>();
    Matcher module = MODULE.matcher(pom(""));
    while (module.find()) {
      if (!UNPUBLISHED.contains(module.group(1))) {
        artifacts.add("onbehalf-" + module.group(1));
        assertThat(pom(module.group(1)))
            .contains("<artifactId>onbehalf-" + module.group(1) + "</artifactId>");
      }
    }
    return artifacts;
  }

  @Test
  void dependenciesArePublished() throws Exception {
    List<String> published = published();
    Matcher parent = OURS.matcher(pom(""));
    assertThat(parent.find()).isTrue();
    int seen = 0;
    for (Block block : Page.blocks("xml")) {
      Matcher ours = OURS.matcher(block.text());
      for (; ours.find(); seen++) {
        assertThat(published).as("%s", block).contains(ours.group(1));
        assertThat(ours.group(2)).as("%s", block).isEqualTo(parent.group(2));
      }
    }
    assertThat(seen).isGreaterThan(2);
  }

  @Test
  void theReadmeHasAllThatIsPublished() throws Exception {
    assertThat(README_ROW.matcher(Page.of(Page.ROOT.resolve("README.md")).text()).results())
        .extracting(found -> found.group(1))
        .containsExactlyInAnyOrderElementsOf(published());
  }

  @Test
  void theBomHasAllThatIsPublished() throws Exception {
    List<String> others = published();
    others.remove("onbehalf-bom");
    assertThat(OURS.matcher(pom("bom").replaceFirst("(?s).*<dependencyManagement>", "")).results())
        .extracting(found -> found.group(1))
        .containsExactlyInAnyOrderElementsOf(others);
  }

  @Test
  void theReleaseLeavesOutWhatIsNotPublished() throws Exception {
    assertThat(Files.readString(Path.of("../release"))).contains("-pl '!playground,!benchmarks'");
  }
}
