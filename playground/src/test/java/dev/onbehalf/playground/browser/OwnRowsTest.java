package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.onbehalf.playground.browser.LakebasePage.rows;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import dev.onbehalf.identity.OnBehalfDatabase;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class OwnRowsTest extends PageTest {
  @Autowired private OnBehalfDatabase pools;

  @Test
  void theFirstClickShowsThePoint() {
    lakebase.signIn(ALICE);
    assertThat(rows(lakebase.mine(), "Alice's prototype")).hasCount(1);
    assertThat(rows(lakebase.mine(), "Bob's prototype")).hasCount(0);
    assertThat(rows(lakebase.all(), "Bob's prototype")).containsText("hidden by RLS");
    assertThat(page.locator("#words")).containsText("on behalf of (OBO)");
  }

  @Test
  void underEachTableStandsWhatTheRequestCost() {
    pools.revoke(BOB); // whose connections close
    lakebase.signIn(BOB);
    assertCost(lakebase.mine(), "cold", "new login");
    lakebase.signIn(BOB);
    assertCost(lakebase.mine(), "warm", "at hand");
    assertThat(lakebase.all().locator(".cost")).containsText("Own connection");

    foreseeRefusal(403);
    lakebase.signIn(CAROL);
    assertThat(lakebase.mine().locator(".cost")).isHidden();
  }

  private static void assertCost(Locator side, String warmth, String how) {
    assertThat(side.locator(".cost"))
        .hasText(
            Pattern.compile(
                warmth
                    + " Own connection, "
                    + how
                    + ": \\d+\\.\\d\\d ms\\. Whole request: \\d+\\.\\d\\d ms\\."));
  }

  @Test
  void aPersonSeesTheirNewProductOnBothSidesMarkedInBoth() {
    lakebase.signIn(ALICE);
    String lamp = unique("Reading lamp");
    lakebase.create(lamp, "39.9", "1200");

    assertThat(lakebase.result()).hasText("“" + lamp + "” is made, owned by " + ALICE + ".");
    assertJustMade(lakebase.mine(), lamp);
    assertJustMade(lakebase.all(), lamp);
    assertThat(rows(lakebase.all(), lamp)).containsText(ALICE);
    assertThat(rows(lakebase.mine(), lamp).getByRole(AriaRole.CELL).nth(1)).hasText("39.90");
    assertThat(rows(lakebase.mine(), lamp).getByRole(AriaRole.CELL).nth(2)).hasText("1,200");
    assertThat(lakebase.field("Name")).hasValue("");
  }

  @Test
  void anotherPersonDoesNotSeeItButTheServicePrincipalDoes() {
    lakebase.signIn(ALICE);
    String lamp = unique("Floor lamp");
    lakebase.create(lamp, "120", "2");
    assertJustMade(lakebase.mine(), lamp);

    lakebase.signIn(BOB);
    assertThat(lakebase.who()).hasText(BOB);
    assertThat(rows(lakebase.mine(), lamp)).hasCount(0);
    assertJustMade(lakebase.all(), lamp);
    assertThat(rows(lakebase.all(), lamp)).containsText("hidden by RLS");
    assertThat(lakebase.all()).containsText("hidden from " + BOB);

    lakebase.signIn(ALICE);
    assertThat(rows(lakebase.mine(), lamp)).hasCount(1);
  }

  @Test
  void everybodySeesASharedProduct() {
    lakebase.signIn(ALICE);
    String mugs = unique("Mugs");
    lakebase.fill(mugs, "8", "40");
    lakebase.button("Create shared").click();
    assertJustMade(lakebase.mine(), mugs);
    assertThat(rows(lakebase.all(), mugs)).containsText("shared");

    lakebase.signIn(BOB);
    assertThat(rows(lakebase.mine(), mugs)).containsText("shared");
  }

  @Test
  void underEachTableStandsWhatTheDatabaseReported() {
    lakebase.signIn(ALICE);
    assertThat(lakebase.mine().locator(".current-user")).hasText(ALICE);
    assertThat(lakebase.mine().locator(".session-user")).hasText(ALICE);
    assertThat(lakebase.mine().locator(".sql")).containsText("FROM raw_example.products");
    assertThat(lakebase.all().locator(".sql")).containsText("FROM raw_example.products");
    assertThat(lakebase.all().locator(".current-user")).not().hasText(ALICE);
    assertThat(lakebase.all().locator(".current-user")).not().isEmpty();
  }

  @Test
  void whoHasNoRoleReadsWhichCommandsCreateIt() {
    foreseeRefusal(403);
    lakebase.signIn(CAROL);
    assertThat(lakebase.who()).hasText(CAROL);
    assertThat(lakebase.mine().getByRole(AriaRole.ALERT)).containsText(CAROL);
    assertThat(lakebase.mine().locator("code").first())
        .hasText("SELECT public.databricks_create_role('" + CAROL + "', 'USER');");
    assertThat(lakebase.mine().locator("code").filter(LakebasePage.holding("databricks postgres")))
        .containsText("create-role");
    assertThat(lakebase.mine().getByRole(AriaRole.TABLE)).isHidden();
    assertThat(lakebase.all().getByRole(AriaRole.TABLE)).isVisible();
  }

  @Test
  void whoHasSignedOutSeesNobodysRows() {
    lakebase.signIn(ALICE);
    lakebase.button("Sign out").click();
    assertThat(lakebase.who()).hasText("nobody");
    assertThat(lakebase.mine()).containsText("Nobody is signed in");
    assertThat(lakebase.mine().getByRole(AriaRole.TABLE)).isHidden();
    assertThat(lakebase.button("Create as me")).isDisabled();
  }
}
