package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.browser.LakebasePage.rows;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest extends PageTest {
  /** What each text on the page has as contrast to the ground under it (WCAG 2.2, 1.4.3). */
  private static final String FAINT_TEXTS =
      """
      () => {
        const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const luminance = (colour) => {
          const [r, g, b] = channels(colour).map((c) => c / 255)
            .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = (element) => {
          const colour = getComputedStyle(element).backgroundColor;
          return channels(colour)[3] === 0 ? ground(element.parentElement) : colour;
        };
        const ownText = (element) => [...element.childNodes]
          .some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
        return [...document.body.querySelectorAll("*")]
          .filter((element) => element.checkVisibility() && ownText(element) && !element.disabled)
          .map((element) => {
            const lights = [getComputedStyle(element).color, ground(element)].map(luminance);
            const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
            return { contrast, text: `${element.textContent.trim()}: ${contrast.toFixed(2)}` };
          })
          .filter(({ contrast }) => contrast < 4.5)
          .map(({ text }) => text);
      }
      """;

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"360, LIGHT", "360, DARK", "768, LIGHT", "1280, LIGHT", "1440, LIGHT", "1440, DARK"})
  void thePageFitsItsWindowAndItsTextsCanBeRead(int width, ColorScheme scheme) {
    page.setViewportSize(width, 900);
    page.emulateMedia(
        new Page.EmulateMediaOptions()
            .setColorScheme(scheme)
            .setReducedMotion(ReducedMotion.REDUCE));
    lakebase.signIn(BOB);
    String name = unique("Unbreakable-" + "x".repeat(200));
    lakebase.create(name, "99999999.99", "2147483647");
    assertJustMade(lakebase.mine(), name);
    lakebase.create("", "?", "?");
    assertFits();
    assertThat(rows(lakebase.mine(), name)).isVisible();
    assertThat(faintTexts()).isEmpty();
    assertThat(page.locator("body"))
        .hasCSS(
            "background-color",
            scheme == ColorScheme.DARK ? "rgb(12, 19, 18)" : "rgb(242, 245, 244)");

    lakebase.signIn(ALICE);
    assertThat(rows(lakebase.all(), name)).containsText("hidden by RLS");
    assertFits();

    foreseeRefusal(403);
    lakebase.signIn(CAROL);
    assertFits();
    assertThat(faintTexts()).isEmpty();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"360, LIGHT", "360, DARK", "1440, LIGHT", "1440, DARK"})
  void anAnswerAndTheDoctorFitToo(int width, ColorScheme scheme) {
    page.setViewportSize(width, 900);
    page.emulateMedia(
        new Page.EmulateMediaOptions()
            .setColorScheme(scheme)
            .setReducedMotion(ReducedMotion.REDUCE));
    foreseeRefusal(404);
    lakebase.signIn(ALICE);
    lakebase.whyButton("Bob's prototype").click();
    assertThat(page.locator(".verdicts > li")).hasCount(3);
    assertFits();
    assertThat(faintTexts()).isEmpty();
    picture("why-%s-%s".formatted(width, scheme));

    lakebase.tab("Doctor").click();
    lakebase.button("Plant a mistake").click();
    lakebase.button("See it leak").click();
    assertThat(rows(page.locator("#leak"), "Bob's prototype")).containsText("leaked");
    assertFits();
    assertThat(faintTexts()).isEmpty();
    picture("leak-%s-%s".formatted(width, scheme));
    lakebase.button("Remove it").click();
    assertThat(lakebase.doctor()).containsText("Nothing found.");
  }

  private void picture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target", "screenshots", "LayoutTest-" + name + ".png"))
            .setFullPage(true));
  }

  /** Nothing reaches over the right edge: neither the page nor a row inside its table. */
  private void assertFits() {
    Object tooWide =
        page.evaluate(
            """
            () => ["html", ".rows", "td", ".code", ".people", ".tabs", ".verdicts", ".findings"]
              .flatMap((selector) => [...document.querySelectorAll(selector)])
              .filter((element) => element.scrollWidth > element.clientWidth + 1)
              .map((element) => `${element.className}: ${element.scrollWidth}`)
            """);
    assertThat((List<?>) tooWide).isEmpty();
  }

  private List<?> faintTexts() {
    return faintTexts(page);
  }

  static List<?> faintTexts(Page page) {
    return (List<?>) page.evaluate(FAINT_TEXTS);
  }
}
