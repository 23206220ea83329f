package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import dev.onbehalf.playground.LocalPlayground;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * The running application and a browser with an empty profile, opened on the page. Each test ends
 * with a picture under {@code target/screenshots} and with a look at the browser's console, where
 * nothing may stand but Chromium's own line for each refusal that the test foresaw.
 */
@LocalPlayground
abstract class PageTest {
  static final String ALICE = "alice@example.com";
  static final String BOB = "bob@example.com";
  static final String CAROL = "carol@example.com";

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final int PATIENCE_MILLIS = 20_000;

  private final List<String> console = new ArrayList<>();
  private final List<String> foreseen = new ArrayList<>();

  @LocalServerPort private int port;

  Page page;
  LakebasePage lakebase;

  @BeforeAll
  static void waitAsLongAsPatienceLasts() {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
  }

  @BeforeEach
  void openPage() {
    page = Chromium.browser().newContext(look()).newPage();
    lakebase = open(page);
  }

  @AfterEach
  void keepPictureAndReadConsole(TestInfo test) {
    String name = getClass().getSimpleName() + "-" + test.getDisplayName().replaceAll("\\W+", "-");
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
    page.context().close();
    assertThat(console).as("the browser's console").containsExactlyElementsOf(foreseen);
  }

  /** The window that the page is opened in. */
  Browser.NewContextOptions look() {
    return new Browser.NewContextOptions().setViewportSize(1440, 900);
  }

  /** Opens the page in {@code page}, whose console is read from now on. */
  final LakebasePage open(Page page) {
    page.onConsoleMessage(message -> console.add(message.text()));
    page.onPageError(console::add);
    page.setDefaultTimeout(PATIENCE_MILLIS);
    page.navigate("http://localhost:" + port + "/lakebase");
    LakebasePage opened = new LakebasePage(page);
    opened.settled();
    return opened;
  }

  /** Chromium itself prints one line for each answer that is an HTTP error. */
  final void foreseeRefusal(int status) {
    foresee(
        "Failed to load resource: the server responded with a status of %s ()".formatted(status));
  }

  final void foresee(String line) {
    foreseen.add(line);
  }

  /** A name that no other test uses, because all share one database. */
  static String unique(String name) {
    return name + " " + UUID.randomUUID().toString().substring(0, 8);
  }

  /** Asserts that a side shows the row once, marked as the one just made. */
  static void assertJustMade(Locator side, String name) {
    assertThat(LakebasePage.rows(side, name)).hasCount(1);
    assertThat(LakebasePage.rows(side, name)).containsText("just made");
  }
}
