package dev.onbehalf.lakebaselocal.proxy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The page on which a person is picked. */
final class SignInPage {
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Sign in - lakebase-local</title>
      <style>
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 26rem; margin: 10vh auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; }
        form { margin: .5rem 0; }
        button { width: 100%%; padding: .7rem 1rem; font: inherit; text-align: left;
                 border: 1px solid #8888; border-radius: .5rem; cursor: pointer; }
        button:focus-visible { outline: 3px solid #2a6df4; }
        small { display: block; opacity: .75; }
      </style>
      <main>
        <h1>Who are you?</h1>
        <p>This stands in for the platform's sign-in, on your own machine: no password.</p>
      %s</main>
      </html>
      """;

  private SignInPage() {}

  /**
   * The page as HTML.
   *
   * @param signedIn who is, if somebody is
   * @param to the path to which it goes on
   */
  static String html(
      List<String> users, List<String> peopleWithoutRole, @Nullable String signedIn, String to) {
    StringBuilder forms = new StringBuilder();
    if (users.isEmpty() && peopleWithoutRole.isEmpty()) {
      forms.append("  <p>Nobody is known here: start lakebase-local with --users.</p>\n");
    }
    users.forEach(user -> forms.append(person(user, user.equals(signedIn) ? "signed in" : "", to)));
    peopleWithoutRole.forEach(
        user ->
            forms.append(
                person(user, user.equals(signedIn) ? "signed in; no role" : "no role", to)));
    if (signedIn != null) {
      forms.append(
          """
            <form method="post" action="/local/sign-out">
              <input type="hidden" name="to" value="/local/sign-in">
              <button>Sign out</button>
            </form>
          """);
    }
    return PAGE.formatted(forms);
  }

  private static String person(String email, String note, String to) {
    return """
        <form method="post" action="/local/sign-in">
          <input type="hidden" name="to" value="%s">
          <button name="email" value="%s">%s%s</button>
        </form>
      """
        .formatted(
            escaped(to),
            escaped(email),
            escaped(email),
            note.isEmpty() ? "" : "<small>" + note + "</small>");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
