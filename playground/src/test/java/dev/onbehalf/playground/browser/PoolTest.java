package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** The tab "Pool": the picture of the pool, and a crowd in it. */
class PoolTest extends PageTest {
  private static final String TOO_WIDE =
      """
      () => [...document.querySelectorAll("main, main *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth
          && element.checkVisibility() && !element.closest(".ob-unseen, .ob-scroll"))
        .map((element) => `${element.tagName} ${element.className}`)
      """;

  private final List<Connection> taken = new ArrayList<>();
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @Autowired private OnBehalfDatabase database;
  @Autowired private LakebaseLocal local;

  @AfterEach
  void giveBack() throws SQLException {
    callers.shutdownNow();
    for (Connection connection : taken) {
      connection.close();
    }
  }

  private UserPool pool(String user) {
    return database.asUser(
        new ForwardedIdentity(user, Secret.of(local.accessToken(user, Duration.ofMinutes(10)))));
  }

  private void take(String user, int connections) throws SQLException {
    UserPool pool = pool(user);
    for (int i = 0; i < connections; i++) {
      taken.add(pool.getConnection());
    }
  }

  /** Callers who wait, until the test is over. */
  private void waitAs(String user, int number) {
    UserPool pool = pool(user);
    for (int i = 0; i < number; i++) {
      callers.execute(
          () -> {
            try {
              pool.getConnection().close();
            } catch (SQLException e) {
              // the end of the test
            }
          });
    }
  }

  private void openTab() {
    lakebase.tab("Pool").click();
    assertThat(lakebase.pool().locator(".ob-says")).not().containsText("Asking");
  }

  private Locator picture() {
    return lakebase.pool().locator(".ob-dashboard");
  }

  /** Opened, the table has what the picture shows. */
  private Locator rowOf(String person) {
    return picture()
        .locator("tbody tr")
        .filter(
            new Locator.FilterOptions()
                .setHas(page.locator("th").filter(new Locator.FilterOptions().setHasText(person))));
  }

  private void openTable() {
    picture().locator("summary").click();
  }

  @Test
  void aPlaceInUseAWaiterAndAnEvictionAreSeen() throws SQLException {
    lakebase.signIn(ALICE);
    take(BOB, 3);
    openTab();
    openTable();
    assertThat(rowOf(BOB).locator("td").first()).hasText("3");
    assertThat(picture().locator(".ob-legend")).containsText(Pattern.compile("[3-9] in use"));
    waitAs(BOB, 2);
    assertThat(picture().locator(".ob-queue h3")).hasText("2 callers of one person wait");
    assertThat(picture().locator(".ob-waiting li"))
        .containsText(BOB + " 2 callers, for a connection of their own");
    assertThat(rowOf(BOB).locator("td").last()).hasText("2");
    assertThat(picture().locator(".ob-says")).containsText("that their own person had in use");
    database.revoke(BOB);
    assertThat(picture().locator(".ob-queue h3")).hasText("Nobody waits");
    giveBack();
    taken.clear();
    assertThat(picture().locator(".ob-closed li").first()).containsText(BOB + " was closed");
    assertThat(rowOf(BOB)).hasCount(0);
  }

  @Test
  void nobodySeesItUnlessTheyAreSignedIn() {
    lakebase.tab("Pool").click();
    assertThat(lakebase.pool()).containsText("Nobody is signed in");
    assertThat(page.locator(".ob-dashboard")).hasCount(0);
    for (String path : List.of("index.html", "events", "dashboard.js", "")) {
      assertThat(
              page.request()
                  .get(
                      page.url().replaceFirst("/lakebase.*", "/actuator/onbehalfdashboard/" + path))
                  .status())
          .as(path)
          .isEqualTo(401);
    }
    lakebase.signIn(ALICE);
    assertThat(picture()).isVisible();
    lakebase.button("Sign out").click();
    assertThat(lakebase.pool()).containsText("Nobody is signed in");
    assertThat(picture().locator(".ob-says")).hasCount(0);
  }

  @Test
  void aNameThatLooksLikeMarkupIsShownAsText() throws SQLException {
    String hostile = "<img/src=x/onerror=\"document.title='taken'\">";
    local.addUser(hostile);
    try {
      lakebase.signIn(ALICE);
      take(hostile, 3);
      waitAs(hostile, 1);
      openTab();
      openTable();
      assertThat(rowOf(hostile).locator("th")).hasText(hostile);
      assertThat(picture().locator(".ob-waiting b")).hasText(hostile);
      assertThat(picture().locator("img, script, svg")).hasCount(0);
      database.revoke(hostile);
      giveBack();
      taken.clear();
      assertThat(picture().locator(".ob-closed")).containsText(hostile);
      assertThat(page.title()).isEqualTo("Onbehalf playground");
    } finally {
      local.removePerson(hostile);
    }
  }

  @Test
  void theKeysGoFromPlaceToPlace() throws SQLException {
    lakebase.signIn(ALICE);
    take(BOB, 1);
    openTab();
    Locator grid = picture().locator(".ob-grid");
    page.locator("#crowd-start").focus();
    page.keyboard().press("Tab");
    assertThat(grid).isFocused();
    assertThat(grid).hasCSS("outline-style", "solid");
    page.keyboard().press("End");
    assertThat(picture().locator(".ob-detail")).hasText("Place 50: free.");
    page.keyboard().press("Home");
    assertThat(picture().locator(".ob-detail")).containsText("Place 1: ");
    boolean seen = false;
    for (int i = 0; i < 12 && !seen; i++) {
      seen = picture().locator(".ob-detail").textContent().contains(BOB + ", in use, for ");
      page.keyboard().press("ArrowRight");
    }
    assertThat(seen).as("bob's place").isTrue();
    page.keyboard().press("Tab");
    assertThat(picture().locator("summary")).isFocused();
    page.keyboard().press("Enter");
    assertThat(rowOf(BOB)).isVisible();
  }

  @Test
  void aCrowdComesKeepsTheBudgetAndGoes() {
    Page elsewhere = Chromium.browser().newContext(look()).newPage();
    LakebasePage bobs = open(elsewhere);
    bobs.signIn(BOB);
    bobs.tab("Pool").click();
    assertThat(elsewhere.locator("#crowd-start")).isEnabled();
    lakebase.signIn(ALICE);
    openTab();
    lakebase.button("Let them come").click();
    assertThat(page.locator("#crowd-result")).containsText("people");
    foreseeRefusal(409); // the second crowd; the first one is watched there all the same
    bobs.button("Let them come").click();
    assertThat(elsewhere.locator("#crowd .notice")).containsText("There is a crowd already");
    for (Page each : List.of(page, elsewhere)) {
      assertThat(each.locator("#crowd-result"))
          .containsText("at work", new ContainsTextOptions().setTimeout(60_000));
    }
    elsewhere.context().close();
    assertThat(
            page.request()
                .post(page.url().replaceFirst("/lakebase.*", "/local/crowd/start"))
                .status())
        .isEqualTo(409);
    assertThat(picture().locator(".ob-closed"))
        .containsText("made room for", new ContainsTextOptions().setTimeout(30_000));
    assertThat(page.locator("#crowd-own")).containsText("Your own requests");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> database.statistics().evicted().budget() > 20);
    screenshot("crowd-1440-LIGHT");
    assertThat(database.statistics().total()).isLessThanOrEqualTo(50);
    lakebase.button("Send them away").click();
    assertThat(page.locator("#crowd-result"))
        .containsText("They have gone", new ContainsTextOptions().setTimeout(60_000));
    assertThat(local.users()).noneMatch(it -> it.endsWith("@crowd.example"));
    assertThat(database.statisticsByUser()).noneMatch(it -> it.user().endsWith("@crowd.example"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {360, 1440})
  void itFits(int width) throws SQLException {
    page.setViewportSize(width, 900);
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
    lakebase.signIn(ALICE);
    take(BOB, 3);
    waitAs(BOB, 2);
    openTab();
    openTable();
    assertThat(picture().locator(".ob-waiting li")).hasCount(1);
    assertThat(rowOf(BOB)).isVisible();
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      assertThat((List<?>) page.evaluate(TOO_WIDE))
          .as("what reaches over the right edge")
          .isEmpty();
      assertThat(LayoutTest.faintTexts(page)).isEmpty();
      screenshot("pool-%s-%s".formatted(width, scheme));
    }
  }

  private void screenshot(String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target", "screenshots", "PoolTest-" + name + ".png"))
            .setFullPage(true));
  }
}
