package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.browser.LakebasePage.rows;

import com.microsoft.playwright.Locator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tab "Doctor": the report, and one mistake from planting to mending. */
class DoctorTest extends PageTest {
  @AfterEach
  void removeTheMistake() {
    if (page.locator("#mistake-remove:enabled").isVisible()) {
      lakebase.button("Remove it").click();
      assertThat(lakebase.doctor()).containsText("It is gone.");
    }
  }

  private Locator findings() {
    return lakebase.doctor().locator("#findings > li");
  }

  private Locator leak() {
    return page.locator("#leak");
  }

  @Test
  void aMistakeIsPlantedFoundSeenToLeakAndMended() {
    lakebase.signIn(ALICE);
    lakebase.tab("Doctor").click();
    assertThat(lakebase.doctor()).containsText("Nothing found.");
    assertThat(lakebase.button("See it leak")).isDisabled();
    assertThat(lakebase.button("Mend it")).isDisabled();

    lakebase.button("Plant a mistake").click();
    assertThat(findings()).hasCount(1);
    assertThat(findings()).containsText("raw_example.everything");
    assertThat(findings().locator(".chip")).hasText("error");
    assertThat(findings().locator(".mend code")).containsText("security_invoker = true");
    assertThat(findings().locator("a"))
        .hasAttribute("href", "https://www.postgresql.org/docs/current/sql-createview.html");
    assertThat(lakebase.button("See it leak")).isFocused();

    lakebase.button("See it leak").press("Enter");
    assertThat(leak()).containsText("other people’s");
    assertThat(rows(leak(), "Bob's prototype")).containsText("leaked");
    assertThat(rows(leak(), "Alice's prototype")).not().containsText("leaked");
    assertThat(leak().locator(".current-user")).hasText(ALICE);

    lakebase.button("Mend it").click();
    assertThat(lakebase.doctor()).containsText("It is mended.");
    assertThat(lakebase.doctor()).containsText("Nothing found.");
    assertThat(leak()).containsText("own and shared ones only");
    assertThat(rows(leak(), "Alice's prototype")).hasCount(1);
    assertThat(rows(leak(), "Bob's prototype")).hasCount(0);
    assertThat(lakebase.button("Mend it")).isDisabled();
  }

  @Test
  void anotherPersonReadsTheirOwnLeakAndNobodysRowsStayBetween() {
    lakebase.signIn(ALICE);
    lakebase.tab("Doctor").click();
    lakebase.button("Plant a mistake").click();
    lakebase.button("See it leak").click();
    assertThat(rows(leak(), "Bob's prototype")).containsText("leaked");

    lakebase.signIn(BOB);
    assertThat(leak()).isHidden();
    lakebase.button("See it leak").click();
    assertThat(rows(leak(), "Alice's prototype")).containsText("leaked");
    assertThat(rows(leak(), "Bob's prototype")).not().containsText("leaked");
  }

  @Test
  void theTabIsThereAfterAReloadAndTheWaysToQueryAfterIt() {
    lakebase.tab("Doctor").click();
    assertThat(lakebase.doctor()).containsText("Nobody is signed in");
    assertThat(page.locator("#mistake")).isHidden();
    lakebase.signIn(ALICE);
    assertThat(lakebase.doctor()).containsText("Nothing found.");
    page.reload();
    assertThat(lakebase.tab("Doctor")).hasAttribute("aria-selected", "true");
    assertThat(lakebase.doctor()).containsText("Nothing found.");
    assertThat(lakebase.mine()).isHidden();

    lakebase.tab("Raw Driver OBO").click();
    lakebase.settled();
    assertThat(rows(lakebase.mine(), "Alice's prototype")).hasCount(1);
    assertThat(lakebase.doctor()).isHidden();
  }
}
