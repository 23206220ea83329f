package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.browser.LakebasePage.rows;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProductFormTest extends PageTest {
  @BeforeEach
  void signInAsAlice() {
    lakebase.signIn(ALICE);
  }

  @Test
  void aSlipIsSaidBesideItsFieldAndTheInputStays() {
    lakebase.create("", "12,50", "-1");

    assertError("Name", "Must have 1 to 255 characters.");
    assertError("Price", "Must be a number from 0 to 99,999,999.99 with two decimals at most.");
    assertError("Stock", "Must be a whole number from 0 to 2,147,483,647.");
    assertThat(lakebase.field("Category")).not().hasAttribute("aria-invalid", "true");
    assertThat(lakebase.field("Name")).isFocused();
    assertThat(lakebase.field("Price")).hasValue("12,50");

    String name = unique("Corrected");
    lakebase.create(name, "12.50", "1");
    assertJustMade(lakebase.mine(), name);
    assertThat(lakebase.field("Price")).not().hasAttribute("aria-invalid", "true");
  }

  @Test
  void theNextProductCanBeTypedAtOnceAndAnErrorGoesWithItsPerson() {
    String name = unique("First of two");
    lakebase.create(name, "1", "1");
    assertJustMade(lakebase.mine(), name);
    assertThat(lakebase.field("Name")).isFocused();

    lakebase.create("", "x", "1");
    assertThat(lakebase.field("Price")).hasAttribute("aria-invalid", "true");
    lakebase.signIn(BOB);
    assertThat(lakebase.field("Price")).not().hasAttribute("aria-invalid", "true");
    assertThat(lakebase.field("Price")).hasAccessibleDescription("");
  }

  @Test
  void theServersVerdictOnAFieldStandsBesideThatFieldToo() {
    foreseeRefusal(400);
    lakebase.create("   ", "7", "1");

    assertError("Name", "Must not be blank.");
    assertThat(lakebase.field("Price")).hasValue("7");
    assertThat(lakebase.result()).isEmpty();
  }

  @Test
  void theLargestNumbersAndTheLongestNameGoThrough() {
    String name = unique("😀".repeat(246));
    assertThat(name.codePointCount(0, name.length())).isEqualTo(255);
    lakebase.create(name, "99999999.99", "2147483647");
    assertThat(rows(lakebase.mine(), name)).containsText("99,999,999.99");
    assertThat(rows(lakebase.mine(), name)).containsText("2,147,483,647");
  }

  @Test
  void pressingTheButtonTwiceMakesOneProduct() {
    List<Route> held = new ArrayList<>();
    page.route(
        "**/my-products",
        route -> {
          if (route.request().method().equals("POST")) {
            held.add(route);
          } else {
            route.resume();
          }
        });
    String name = unique("Only once");
    lakebase.create(name, "1", "1");
    page.waitForCondition(() -> held.size() == 1);
    assertThat(lakebase.form()).hasAttribute("aria-busy", "true");
    lakebase.button("Create as me").click();
    lakebase.button("Create shared").click();
    held.get(0).resume();

    assertJustMade(lakebase.mine(), name);
    assertThat(rows(lakebase.all(), name)).hasCount(1);
    assertThat(held).hasSize(1);
  }

  @Test
  void aFailureOfTheNetworkIsASentenceAndTheInputStays() {
    foresee("Failed to load resource: net::ERR_FAILED");
    page.route(
        "**/my-products",
        route -> {
          if (route.request().method().equals("POST")) {
            route.abort();
          } else {
            route.resume();
          }
        });
    lakebase.create("Never arrives", "1", "1");
    assertThat(lakebase.form()).containsText("The server can’t be reached");
    assertThat(lakebase.field("Name")).hasValue("Never arrives");
    assertThat(lakebase.form()).not().hasAttribute("aria-busy", "true");
  }

  private void assertError(String label, String message) {
    Locator field = lakebase.field(label);
    assertThat(field).hasAttribute("aria-invalid", "true");
    assertThat(field).hasAccessibleDescription(message);
  }
}
