package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.browser.LakebasePage.rows;

import com.microsoft.playwright.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each tab is a way to query, and shows the person's own view through it. */
class WaysToQueryPageTest extends PageTest {
  private static final String SOURCE = "/source/java/dev/onbehalf/playground/";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "JdbcClient | JdbcClientProducts | FROM raw_example.products",
        "JPA        | JpaProducts        | FROM JpaProduct",
        "jOOQ       | JooqProducts       | \"raw_example\".\"products\"",
      })
  void aTabShowsThePersonsOwnRowsAndWhichClassAsked(String name, String asker, String query) {
    lakebase.signIn(ALICE);
    lakebase.tab(name).click();
    assertThat(lakebase.mine().locator(".what")).containsText("used by the class " + asker);
    assertThat(page.locator("#words")).containsText(name);
    assertThat(page.locator("#asker")).hasAttribute("href", SOURCE + asker + ".java");
    assertThat(lakebase.mine().locator(".sql")).containsText(query);
    assertThat(lakebase.mine().locator(".session-user")).hasText(ALICE);

    String lamp = unique("Lamp by " + name);
    lakebase.create(lamp, "39.9", "12");
    assertThat(lakebase.result()).containsText("owned by " + ALICE);
    assertJustMade(lakebase.mine(), lamp);
    assertJustMade(lakebase.all(), lamp);
    assertThat(lakebase.mine().locator(".sql")).containsText(query);

    lakebase.signIn(BOB);
    assertThat(lakebase.mine().locator(".session-user")).hasText(BOB);
    assertThat(lakebase.mine().locator(".sql")).containsText(query);
    assertThat(rows(lakebase.mine(), lamp)).hasCount(0);
    assertThat(rows(lakebase.all(), lamp)).containsText("hidden by RLS");

    lakebase.tab("Raw Driver OBO").click();
    assertThat(lakebase.mine().locator(".what")).containsText("used by the class RawProducts");
    assertThat(lakebase.mine().locator(".session-user")).hasText(BOB);
    assertThat(rows(lakebase.mine(), lamp)).hasCount(0);
  }

  @Test
  void theTabIsInTheAddressAndThereAfterAReload() {
    lakebase.signIn(ALICE);
    lakebase.tab("jOOQ").click();
    lakebase.settled();
    assertThat(page).hasURL(Pattern.compile(".*/lakebase#jooq$"));
    page.reload();
    assertThat(lakebase.tab("jOOQ")).hasAttribute("aria-selected", "true");
    assertThat(lakebase.mine().locator(".what")).containsText("JooqProducts");
    lakebase.settled();
  }

  @Test
  void aLateAnswerOfAnotherWayIsNotDrawn() {
    lakebase.signIn(ALICE);
    List<Route> held = new ArrayList<>();
    page.route("**/jpa/my-products", held::add);
    lakebase.tab("JPA").click();
    page.waitForCondition(() -> held.size() == 1);
    assertThat(lakebase.mine().locator(".rows")).isHidden();
    lakebase.tab("jOOQ").click();
    held.get(0).resume();
    lakebase.settled();
    assertThat(lakebase.mine().locator(".sql")).containsText("\"products\"");
    assertThat(lakebase.mine().locator(".what")).containsText("JooqProducts");
  }

  @Test
  void aChangeOfTabWhileAPersonComesLosesNeither() {
    lakebase.signIn(ALICE);
    List<Route> held = new ArrayList<>();
    page.route("**/local/sign-in", held::add);
    lakebase.person(BOB).click();
    page.waitForCondition(() -> held.size() == 1);
    lakebase.tab("JdbcClient").click();
    held.get(0).resume();
    assertThat(lakebase.who()).hasText(BOB);
    assertThat(lakebase.mine().locator(".session-user")).hasText(BOB);
    assertThat(lakebase.mine().locator(".what")).containsText("JdbcClientProducts");
  }
}
