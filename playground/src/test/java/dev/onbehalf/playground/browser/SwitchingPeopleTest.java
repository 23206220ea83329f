package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.browser.LakebasePage.rows;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Route;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One person's answer must never be seen under another's name, however late it comes. */
class SwitchingPeopleTest extends PageTest {
  @Test
  void aLateAnswerForTheFirstPersonIsNotDrawnForTheSecond() {
    lakebase.signIn(ALICE);
    String secret = unique("Alice's own");
    lakebase.create(secret, "1", "1");
    assertJustMade(lakebase.mine(), secret);
    lakebase.signIn(BOB);

    List<Route> late = new ArrayList<>();
    List<APIResponse> answers = new ArrayList<>();
    page.route(
        "**/my-products",
        route -> {
          if (late.isEmpty()) {
            late.add(route);
            answers.add(route.fetch());
          } else {
            route.resume();
          }
        });
    lakebase.person(ALICE).click();
    page.waitForCondition(() -> !answers.isEmpty());
    assertThat(answers.get(0).text()).contains(secret);
    lakebase.signIn(BOB);
    late.get(0).fulfill(new Route.FulfillOptions().setResponse(answers.get(0)));

    lakebase.signIn(BOB); // whatever the late answer could do, it has done before this is drawn
    assertThat(lakebase.who()).hasText(BOB);
    assertThat(lakebase.mine().locator(".current-user")).hasText(BOB);
    assertThat(rows(lakebase.mine(), secret)).hasCount(0);
  }

  @Test
  void whileOnePersonGoesAndAnotherComesNobodysRowsAreShown() {
    lakebase.signIn(ALICE);
    String secret = unique("Not for the next");
    lakebase.create(secret, "1", "1");
    assertJustMade(lakebase.mine(), secret);

    List<Route> held = new ArrayList<>();
    page.route("**/local/sign-in", held::add);
    lakebase.person(BOB).click();
    page.waitForCondition(() -> held.size() == 1);
    assertThat(lakebase.who()).hasText("Signing in as " + BOB + " …");
    assertThat(lakebase.mine().locator(".rows")).isHidden();
    assertThat(lakebase.button("Create as me")).isDisabled();
    held.get(0).resume();
    assertThat(lakebase.who()).hasText(BOB);
    assertThat(rows(lakebase.mine(), secret)).hasCount(0);
  }

  @Test
  void whoIsChosenLastIsSignedInLast() {
    List<Route> held = new ArrayList<>();
    page.route(
        "**/local/sign-in",
        route -> {
          held.add(route);
          if (held.size() > 1) {
            route.resume();
          }
        });
    lakebase.person(ALICE).click();
    page.waitForCondition(() -> held.size() == 1);
    lakebase.person(CAROL).click();
    lakebase.person(BOB).click();
    assertThat(lakebase.who()).hasText("Signing in as " + BOB + " …");
    assertThat(held).as("sign-ins sent before the first was answered").hasSize(1);
    held.get(0).resume();

    assertThat(lakebase.who()).hasText(BOB);
    assertThat(lakebase.mine().locator(".current-user")).hasText(BOB);
    assertThat(held).as("sign-ins sent; Carol's was overtaken").hasSize(2);
  }

  @Test
  void whoSignedInInAnotherTabIsShownWithTheirOwnRows() {
    lakebase.signIn(ALICE);
    open(page.context().newPage()).signIn(BOB);

    String name = unique("Made in the first tab");
    lakebase.create(name, "1", "1");
    assertThat(lakebase.result()).containsText("owned by " + BOB);
    assertThat(lakebase.who()).hasText(BOB);
    assertThat(lakebase.mine().locator(".current-user")).hasText(BOB);
    assertJustMade(lakebase.mine(), name);
  }

  /** Two windows side by side: what is typed in one is made as whoever the session is by then. */
  @Test
  void eachWindowShowsWhoSignsInAndOutInAnother() {
    lakebase.signIn(ALICE);
    LakebasePage other = open(page.context().newPage());
    other.signIn(BOB);
    assertThat(lakebase.who()).hasText(BOB);
    assertThat(lakebase.mine().locator(".current-user")).hasText(BOB);

    other.button("Sign out").click();
    assertThat(lakebase.button("Create as me")).isDisabled();
    assertThat(lakebase.mine().locator(".rows")).isHidden();
  }
}
