package dev.onbehalf.documentation;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.documentation.Page.Block;
import dev.onbehalf.spring.autoconfigure.OnBehalfProperties;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;

/** All properties that the pages show are ones of ours, or of the libraries that read them. */
class SettingsTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([\\w.-]+)` \\| (?:`([^`]*)`)? ?\\|(.*)\\|$");
  private static final Pattern TABLE =
      Pattern.compile("(?m)^\\| `(onbehalf\\.[a-z.-]*\\.)` .*\\n\\| ---.*\\n((?:\\|.*\\n)+)");
  private static final Pattern FIRST_COLUMN = Pattern.compile("(?m)^\\|([^|]+)\\|");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern NAMED =
      Pattern.compile(
          "((?:onbehalf|spring|server|management)\\.[a-z0-9.-]*[a-z0-9])(?:\\.\\*|=.*)?");

  /** The playground's own; Boot's for Reactor and health, which are not on this class path. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "onbehalf.debug-token.enabled",
          "spring.reactor.context-propagation",
          "management.endpoint.health.show-details");

  /** All that is known of each property, by its name. */
  private static final Map<String, Map<?, ?>> KNOWN = known();

  private static Map<String, Map<?, ?>> known() {
    Map<String, Map<?, ?>> known = new TreeMap<>();
    try {
      for (URL file :
          Collections.list(
              SettingsTest.class
                  .getClassLoader()
                  .getResources("META-INF/spring-configuration-metadata.json"))) {
        try (InputStream json = file.openStream()) {
          Map<String, Object> metadata =
              JsonParserFactory.getJsonParser()
                  .parseMap(new String(json.readAllBytes(), StandardCharsets.UTF_8));
          if (metadata.get("properties") instanceof List<?> properties) {
            for (Object property : properties) {
              Map<?, ?> details = (Map<?, ?>) property;
              known.put(String.valueOf(details.get("name")), details);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return known;
  }

  /** Itself, or a key of a map. */
  private static boolean isKnown(String name) {
    return KNOWN.containsKey(name)
        || KNOWN.values().stream()
            .filter(it -> String.valueOf(it.get("type")).startsWith("java.util.Map"))
            .anyMatch(it -> name.startsWith(it.get("name") + "."));
  }

  private static boolean isGroup(String name) {
    return KNOWN.keySet().stream().anyMatch(it -> it.startsWith(name + "."));
  }

  private static BindResult<OnBehalfProperties> bound(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bind("onbehalf", OnBehalfProperties.class);
  }

  private static boolean isOfALibraryHere(String name) {
    return !ELSEWHERE.contains(name)
        && (name.startsWith("onbehalf.") || isGroup(name.replaceFirst("^(\\w+\\.\\w+).*", "$1")));
  }

  private static Map<String, String> properties(Block block) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(block.text()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.stringPropertyNames().stream()
        .collect(toMap(name -> name, properties::getProperty));
  }

  @Test
  void whatABlockSetsIsKnownAndBinds() {
    for (Block block : Page.blocks("properties")) {
      Map<String, String> properties = properties(block);
      assertThat(properties.keySet()).as("%s", block).isNotEmpty().allMatch(SettingsTest::isKnown);
      assertThat(bound(properties).isBound())
          .as("%s", block)
          .isEqualTo(properties.keySet().stream().anyMatch(name -> name.startsWith("onbehalf.")));
    }
  }

  @Test
  void whatTheTextNamesIsKnown() {
    String observed = operations().section("Meters") + operations().section("Traces");
    List<String> unknown = new ArrayList<>();
    for (Page page : Page.all()) {
      for (String code : page.code()) {
        var named = NAMED.matcher(code);
        if (named.matches()
            && isOfALibraryHere(named.group(1))
            && !isKnown(named.group(1))
            && !isGroup(named.group(1))
            && !observed.contains("`" + named.group(1))) {
          unknown.add(page + ": " + code);
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void valuesThatTheTextSetsBind() {
    List<String> set =
        Page.all().stream()
            .flatMap(page -> page.code().stream())
            .filter(code -> code.matches("onbehalf\\.[a-z.-]+=\\S+"))
            .filter(code -> isOfALibraryHere(code.replaceFirst("=.*", "")))
            .toList();
    assertThat(set)
        .hasSizeGreaterThan(5)
        .allMatch(
            code -> {
              int equals = code.indexOf('=');
              return bound(Map.of(code.substring(0, equals), code.substring(equals + 1))).isBound();
            });
  }

  /** Of a table below a prefix, such as {@code onbehalf.pool.}, the first column. */
  @Test
  void whatATableNamesBelowAPrefixIsKnown() {
    List<String> unknown = new ArrayList<>();
    int tables = 0;
    for (Page page : Page.all()) {
      for (MatchResult table : TABLE.matcher(page.text()).results().toList()) {
        tables++;
        for (MatchResult row : FIRST_COLUMN.matcher(table.group(2)).results().toList()) {
          CODE.matcher(row.group(1))
              .results()
              .map(name -> table.group(1) + name.group(1).replace(".*", ""))
              .filter(name -> !isKnown(name))
              .forEach(name -> unknown.add(page + ": " + name));
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(tables).isGreaterThan(2);
  }

  @Test
  void thePageOnOperationsHasEachOfOursWithItsDefault() {
    Map<String, String> ours = new TreeMap<>();
    KNOWN.forEach(
        (name, details) -> {
          if (name.startsWith("onbehalf.") || name.matches("[A-Z_]+")) {
            Object value = details.get("defaultValue");
            ours.put(name, value == null ? "" : value.toString());
          }
        });
    Map<String, String> shown = new TreeMap<>();
    ROW.matcher(operations().section("Properties"))
        .results()
        .forEach(row -> shown.put(row.group(1), row.group(2) == null ? "" : row.group(2)));
    assertThat(shown).isEqualTo(ours);
  }

  /** The page may say more, or link to it. */
  @Test
  void itSaysOfEachWhatTheMetadataSay() {
    List<MatchResult> rows = ROW.matcher(operations().section("Properties")).results().toList();
    assertThat(rows).hasSizeGreaterThan(50);
    assertThat(rows)
        .filteredOn(
            row ->
                !row.group(3)
                    .replaceAll("`|\\[|\\]\\([^)]*\\)", "")
                    .strip()
                    .startsWith(description(row.group(1))))
        .extracting(row -> row.group(1))
        .isEmpty();
  }

  private static String description(String name) {
    Object description = KNOWN.getOrDefault(name, Map.of()).get("description");
    return String.valueOf(description).replaceFirst("\\.$", "");
  }

  @Test
  void theEndpointOfAppYamlIsTheExamples() throws IOException {
    String example = Files.readString(Page.ROOT.resolve("examples/databricks-app/app.yaml"));
    for (Block block : Page.blocks("yaml")) {
      assertThat(example)
          .as("%s", block)
          .contains(block.text().substring(block.text().indexOf("env:")));
    }
  }

  private static Page operations() {
    return Page.of(Page.ROOT.resolve("docs/operations.md"));
  }
}
