package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.browser.LakebasePage.holding;
import static dev.onbehalf.playground.browser.LakebasePage.rows;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.BoundingBox;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Each row of the right side says why a person sees it, or doesn't. */
class WhyTest extends PageTest {
  @Test
  void aRowSaysForEachPersonWhetherTheySeeItAndWhichPolicySaysSo() {
    foreseeRefusal(404); // Carol has no role
    lakebase.signIn(ALICE);
    lakebase.whyButton("Bob's prototype").click();

    assertVerdict(ALICE, "doesn’t see it");
    assertThat(verdict(ALICE).locator(".policies > li").first())
        .containsText("policy own says created_by = current_user is false");
    assertThat(verdict(ALICE).locator(".values").first()).containsText("created_by" + BOB);
    assertVerdict(BOB, "sees it");
    assertThat(verdict(BOB).locator(".policies > li").first()).containsText("is true");
    assertVerdict(CAROL, "doesn’t see it");
    assertThat(verdict(CAROL)).containsText("Has no role in PostgreSQL");
    assertThat(verdict(ALICE).locator(".server")).containsText("on their own connection: 0 rows");
    assertThat(verdict(BOB).locator(".server")).containsText("by SET ROLE: 1 row");
    assertThat(page.locator("#announcement"))
        .hasText("%s doesn’t see it. %s sees it. %s doesn’t see it.".formatted(ALICE, BOB, CAROL));
  }

  @Test
  void theRowStaysInSightAboveItsAnswer() {
    foreseeRefusal(404);
    lakebase.signIn(ALICE);
    lakebase.whyButton("Bob's prototype").click();
    assertThat(page.locator(".wait")).hasCount(0);
    Locator row = page.locator("#all tr:has(+ .answer)");
    assertThat(row).isVisible();
    BoundingBox head = page.locator("#all th").first().boundingBox();
    Assertions.assertThat(row.boundingBox().y).isGreaterThanOrEqualTo(head.y + head.height - 2);
  }

  @Test
  void aSecondPressClosesTheAnswerAndAnotherPersonClosesAll() {
    foreseeRefusal(404);
    lakebase.signIn(ALICE);
    Locator why = lakebase.whyButton("Desk lamp");
    assertThat(why).hasAttribute("aria-expanded", "false");
    why.press("Enter");
    assertThat(why).hasAttribute("aria-expanded", "true");
    assertVerdict(BOB, "sees it");
    assertThat(verdict(CAROL)).isVisible();
    why.press("Enter");
    assertThat(page.locator(".answer")).hasCount(0);
    assertThat(why).isFocused();

    foreseeRefusal(404);
    why.press("Space");
    assertThat(verdict(CAROL)).isVisible();
    lakebase.signIn(BOB);
    assertThat(page.locator(".answer")).hasCount(0);
    assertThat(lakebase.whyButton("Desk lamp")).hasAttribute("aria-expanded", "false");
  }

  @Test
  void onlyTheRightSideIsAskedAndOnlyBySomebody() {
    assertThat(lakebase.mine().locator(".why:visible")).hasCount(0);
    lakebase.whyButton("Desk lamp").click();
    assertThat(page.locator(".answer")).containsText("Nobody is signed in");
    lakebase.signIn(ALICE);
    assertThat(rows(lakebase.mine(), "Desk lamp").locator(".why")).isHidden();
  }

  private Locator verdict(String person) {
    return page.locator(".verdicts > li")
        .filter(
            new Locator.FilterOptions().setHas(page.locator(".address").filter(holding(person))));
  }

  private void assertVerdict(String person, String words) {
    assertThat(verdict(person).locator("p .chip").first()).hasText(words);
  }
}
