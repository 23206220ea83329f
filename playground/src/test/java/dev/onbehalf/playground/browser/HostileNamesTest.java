package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.browser.LakebasePage.rows;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileNamesTest extends PageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<img src=x onerror=\"document.title='taken'\">",
        "<script>document.title='taken'</script>",
        "\"><svg onload=\"document.title='taken'\">",
        "${document.title='taken'} {{constructor}} &lt;b&gt;"
      })
  void aNameThatLooksLikeMarkupIsShownAsText(String markup) {
    lakebase.signIn(ALICE);
    String name = unique(markup);
    lakebase.field("Category").fill(markup);
    lakebase.create(name, "1", "1");

    assertThat(lakebase.result()).containsText(name);
    assertThat(rows(lakebase.mine(), name).locator(".name")).hasText(name);
    assertThat(rows(lakebase.all(), name).locator(".category")).hasText(markup);
    assertThat(page.locator("main img, main svg, main script")).hasCount(0);
    assertThat(page.title()).isEqualTo("Onbehalf playground");
  }
}
