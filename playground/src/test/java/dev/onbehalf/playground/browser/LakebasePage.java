package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;

/** The page as a person sees it: found by roles, labels and words. */
final class LakebasePage {
  private final Page page;

  LakebasePage(Page page) {
    this.page = page;
  }

  /** Chooses a person, and waits until the page has shown them both sides. */
  void signIn(String email) {
    person(email).click();
    assertThat(person(email)).hasAttribute("aria-pressed", "true");
    settled();
  }

  /** Fills in the form and sends it off as the person who is signed in. */
  void create(String name, String price, String stock) {
    fill(name, price, stock);
    button("Create as me").click();
  }

  void fill(String name, String price, String stock) {
    field("Name").fill(name);
    field("Price").fill(price);
    field("Stock").fill(stock);
  }

  /** Waits until nothing is being asked for any more. */
  void settled() {
    assertThat(doctor()).hasAttribute("aria-busy", "false");
    assertThat(mine()).hasAttribute("aria-busy", "false");
    assertThat(all()).hasAttribute("aria-busy", "false");
  }

  Locator who() {
    return page.locator("#who");
  }

  Locator person(String email) {
    return page.getByLabel("Sign in as")
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(email));
  }

  /** A way to query. */
  Locator tab(String name) {
    return page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName(name));
  }

  Locator field(String label) {
    return form().getByLabel(label);
  }

  Locator form() {
    return page.getByRole(AriaRole.FORM, new Page.GetByRoleOptions().setName("New product"));
  }

  Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  /** What the form says of the product that was just made. */
  Locator result() {
    return form().getByRole(AriaRole.STATUS);
  }

  /** The left side. */
  Locator mine() {
    return page.locator("#mine");
  }

  /** The right side. */
  Locator all() {
    return page.locator("#all");
  }

  /** The panel of the tab "Doctor". */
  Locator doctor() {
    return page.locator("#doctor");
  }

  /** The panel of the tab "Pool". */
  Locator pool() {
    return page.locator("#pool");
  }

  /** What asks why people see a product, on the right side. */
  Locator whyButton(String product) {
    return rows(all(), product).locator(".why");
  }

  /** The rows of a side that hold {@code text}. */
  static Locator rows(Locator side, String text) {
    return side.locator("tbody").getByRole(AriaRole.ROW).filter(holding(text));
  }

  static Locator.FilterOptions holding(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }
}
