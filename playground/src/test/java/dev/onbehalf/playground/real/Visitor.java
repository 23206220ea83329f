package dev.onbehalf.playground.real;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.onbehalf.playground.browser.Chromium;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A person before a Chromium with an empty profile of their own. */
final class Visitor implements AutoCloseable {
  static final int PATIENCE_MILLIS = 30_000;
  static final String API = "/api/lakebase-examples/raw";
  static final String MINE = API + "/my-products";

  /** As the page's own code asks; several times at once, so that people do so beside each other. */
  private static final String ASK =
      """
      ([path, options, times]) => {
        window.answers = Promise.all(Array.from({ length: times }, async () => {
          const answer = await fetch(path, options);
          return [answer.status, await answer.text()];
        }));
      }
      """;

  private final BrowserContext context;
  private final String origin;
  final Page page;

  /** An answer to a page's code. */
  record Answer(int status, String body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    String user() {
      return json().path("user").asString();
    }
  }

  /**
   * @param origin of the proxy
   */
  Visitor(String origin) {
    this.origin = origin;
    this.context = Chromium.browser().newContext();
    this.page = context.newPage();
    page.setDefaultTimeout(PATIENCE_MILLIS);
  }

  /** Goes to a page of the application, as far as the proxy lets. */
  Visitor open(String path) {
    page.navigate(origin + path);
    return this;
  }

  /** Keycloak's form, where one is sent who has to sign in. */
  Locator form() {
    return page.locator("#kc-form-login");
  }

  /** Signs in, and is back where they wanted to go. */
  Visitor signIn(String person, String path) {
    open(path);
    fillIn(person);
    page.waitForURL(Pattern.compile(Pattern.quote(origin + path) + ".*"));
    return this;
  }

  void fillIn(String person) {
    page.locator("#username").fill(person);
    page.locator("#password").fill("of-" + person);
    page.locator("#kc-login").click();
  }

  /** Asks, as code in the page does. */
  Answer ask(String path) {
    return ask(path, Map.of());
  }

  Answer ask(String path, Map<String, String> headers) {
    begin(path, Map.of("headers", headers), 1);
    return answers().get(0);
  }

  Answer create(String product) {
    String body =
        JsonMapper.shared()
            .writeValueAsString(
                Map.of("name", product, "category", "Test", "price", 1.5, "stock", 2));
    begin(
        MINE,
        Map.of(
            "method", "POST", "headers", Map.of("Content-Type", "application/json"), "body", body),
        1);
    return answers().get(0);
  }

  /** Begins to ask so many times at once, and does not wait. */
  void begin(String path, Map<String, ?> options, int times) {
    page.evaluate(ASK, List.of(path, options, times));
  }

  List<Answer> answers() {
    List<?> answers = (List<?>) page.evaluate("() => window.answers");
    return answers.stream()
        .map(List.class::cast)
        .map(answer -> new Answer((Integer) answer.get(0), (String) answer.get(1)))
        .toList();
  }

  /** Somebody else, who has come by this one's cookies. */
  Visitor thief() {
    Visitor thief = new Visitor(origin);
    thief.context.addCookies(
        context.cookies(origin).stream()
            .map(cookie -> cookie.setUrl(origin).setDomain(null).setPath(null))
            .toList());
    return thief;
  }

  @Override
  public void close() {
    context.close();
  }
}
