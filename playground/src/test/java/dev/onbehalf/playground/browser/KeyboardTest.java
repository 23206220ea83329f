package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.Test;

class KeyboardTest extends PageTest {
  private static final int MOST_STOPS = 30;

  @Test
  void everythingCanBeDoneWithoutAMouse() {
    tabTo(page.getByText("Skip to the products"));
    tabTo(lakebase.person(ALICE));
    page.keyboard().press("Enter");
    assertThat(lakebase.who()).hasText(ALICE);
    lakebase.settled();
    assertThat(lakebase.person(ALICE)).isFocused();

    String mine = unique("By Enter");
    type(mine, "1.5", "3");
    page.keyboard().press("Enter");
    assertJustMade(lakebase.mine(), mine);

    String shared = unique("By the second button");
    type(shared, "2", "4");
    tabTo(lakebase.button("Create shared"));
    page.keyboard().press("Space");
    assertJustMade(lakebase.all(), shared);
    lakebase.settled();
    assertThat(lakebase.field("Name")).isFocused();
  }

  @Test
  void theFocusStaysWhereAButtonWas() {
    foreseeRefusal(403);
    lakebase.signIn(CAROL);
    foreseeRefusal(403);
    tabTo(lakebase.button("Try again"));
    page.keyboard().press("Enter");
    assertThat(lakebase.mine()).isFocused();
    lakebase.settled();

    lakebase.button("Sign out").focus();
    page.keyboard().press("Enter");
    assertThat(lakebase.who()).hasText("nobody");
    assertThat(lakebase.person(ALICE)).isFocused();
  }

  @Test
  void theTabListIsOneStopAndTheArrowsMoveInIt() {
    tabTo(lakebase.tab("Raw Driver OBO"));
    press("ArrowRight", "JdbcClient");
    press("End", "Pool");
    press("ArrowRight", "Raw Driver OBO");
    press("ArrowLeft", "Pool");
    press("ArrowLeft", "Doctor");
    press("ArrowLeft", "jOOQ");
    press("Home", "Raw Driver OBO");
    tabTo(page.getByRole(AriaRole.TABPANEL).locator("input").first());
  }

  /** Presses a key in the tab list: {@code tab} has the focus then, and is selected. */
  private void press(String key, String name) {
    page.keyboard().press(key);
    Locator tab = lakebase.tab(name);
    assertThat(tab).isFocused();
    assertThat(tab).hasAttribute("aria-selected", "true");
    assertThat(page.locator("[role=tab][tabindex='0'], [role=tab]:not([tabindex])")).hasCount(1);
    assertThat(page.getByRole(AriaRole.TABPANEL)).hasAccessibleName(name);
  }

  private void type(String name, String price, String stock) {
    lakebase.field("Name").focus();
    page.keyboard().type(name);
    tabTo(lakebase.field("Price"));
    page.keyboard().type(price);
    tabTo(lakebase.field("Stock"));
    page.keyboard().type(stock);
  }

  /** Presses Tab until {@code target} has the focus; the focus must be seen at each stop. */
  private void tabTo(Locator target) {
    for (int stop = 0; stop < MOST_STOPS; stop++) {
      page.keyboard().press("Tab");
      Locator focused = page.locator(":focus");
      assertThat(focused).hasCSS("outline-style", "solid");
      assertThat(focused).hasCSS("outline-width", "3px");
      if ((boolean) target.evaluate("element => element === document.activeElement")) {
        return;
      }
    }
    assertThat(target).isFocused();
  }
}
