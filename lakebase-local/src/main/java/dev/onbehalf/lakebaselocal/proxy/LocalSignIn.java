package dev.onbehalf.lakebaselocal.proxy;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs the people of a {@link LakebaseLocal} in and out in a browser, without passwords: so only
 * where nobody but oneself can come. It answers these routes, and knows from a session's cookie
 * whose a request is:
 *
 * <ul>
 *   <li>{@code GET /local/users}: everybody, and who is signed in, as JSON
 *   <li>{@code GET /local/sign-in}: a page to pick a person from
 *   <li>{@code POST /local/sign-in} with the form field {@code email}: 204, or with the field
 *       {@code to} a redirection to that path
 *   <li>{@code POST /local/sign-out}
 * </ul>
 *
 * A page of another site can make none of these changes. Thread-safe.
 */
public final class LocalSignIn {

  /** When a browser sends the session's cookie along (RFC 6265bis, {@code SameSite}). */
  public enum SameSite {
    /** Also when somebody follows a link from another site. */
    LAX("Lax"),
    /** Only from our own pages. */
    STRICT("Strict");

    private final String value;

    SameSite(String value) {
      this.value = value;
    }
  }

  private static final String USERS = "/local/users";
  private static final String SIGN_IN = "/local/sign-in";
  private static final String SIGN_OUT = "/local/sign-out";

  private final LakebaseLocal lakebase;
  private final Sessions sessions;
  private final String cookie;
  private final SameSite sameSite;

  /**
   * Signs in the people of {@code lakebase}.
   *
   * @param cookie the cookie's name; cookies know no ports, so of two on one machine each has its
   *     own
   */
  public LocalSignIn(LakebaseLocal lakebase, String cookie, SameSite sameSite) {
    this(lakebase, cookie, sameSite, Clock.systemUTC());
  }

  LocalSignIn(LakebaseLocal lakebase, String cookie, SameSite sameSite, Clock clock) {
    this.lakebase = lakebase;
    this.cookie = cookie;
    this.sameSite = sameSite;
    this.sessions = new Sessions(lakebase::accessToken, clock);
  }

  /** The cookie's name. */
  public String cookie() {
    return cookie;
  }

  /** Whose request it is. */
  public Optional<SignedIn> signedIn(Visit visit) {
    return Cookies.value(visit.headers("Cookie"), cookie)
        .flatMap(sessions::find)
        .filter(who -> isSomebody(who.email())); // they may have been removed since
  }

  /**
   * The answer to one of the routes, empty for all others.
   *
   * @throws IOException if the form can't be read
   */
  public Optional<Reply> answer(Visit visit) throws IOException {
    return switch (visit.path()) {
      case USERS -> Optional.of(isRead(visit) ? users(visit) : onlyBy("GET"));
      case SIGN_IN -> Optional.of(isRead(visit) ? page(visit) : signIn(visit));
      case SIGN_OUT -> Optional.of(signOut(visit));
      default -> Optional.empty();
    };
  }

  static boolean isRoute(String path) {
    return path.equals(USERS) || path.equals(SIGN_IN) || path.equals(SIGN_OUT);
  }

  /** Where somebody picks who they are, before they go on to a path. */
  static String pickAPerson(String to) {
    return SIGN_IN + "?to=" + Forms.encoded(to);
  }

  private static boolean isRead(Visit visit) {
    return visit.method().equals("GET") || visit.method().equals("HEAD");
  }

  private static Reply onlyBy(String methods) {
    return Reply.problem(405, "Method Not Allowed", "This takes " + methods + ".")
        .with("Allow", methods);
  }

  private Reply users(Visit visit) {
    List<Object> people = new ArrayList<>();
    lakebase.users().forEach(email -> people.add(person(email, "has a role")));
    lakebase
        .peopleWithoutRole()
        .forEach(email -> people.add(person(email, "has no role in PostgreSQL")));
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("users", people);
    json.put("signedIn", signedIn(visit).map(SignedIn::email).orElse(null));
    return Reply.json(json);
  }

  private static Map<String, Object> person(String email, String note) {
    Map<String, Object> person = new LinkedHashMap<>();
    person.put("email", email);
    person.put("note", note);
    return person;
  }

  private Reply page(Visit visit) throws IOException {
    return Reply.page(
        SignInPage.html(
            lakebase.users(),
            lakebase.peopleWithoutRole(),
            signedIn(visit).map(SignedIn::email).orElse(null),
            pathHere(visit.field("to"))));
  }

  private Reply signIn(Visit visit) throws IOException {
    if (!visit.method().equals("POST")) {
      return onlyBy("GET, POST");
    }
    Optional<Reply> refusal = refuseAnotherSite(visit);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String email = visit.field("email");
    if (email == null || !isSomebody(email)) {
      return Reply.problem(
          400, "Bad Request", "Nobody here has this address; GET /local/users lists them all.");
    }
    endSession(visit);
    return done(visit)
        .with("Set-Cookie", setCookie(sessions.begin(email), Sessions.IDLE.toSeconds()));
  }

  private Reply signOut(Visit visit) throws IOException {
    if (!visit.method().equals("POST")) {
      return onlyBy("POST");
    }
    Optional<Reply> refusal = refuseAnotherSite(visit);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    endSession(visit);
    return done(visit).with("Set-Cookie", setCookie("", 0));
  }

  private boolean isSomebody(String email) {
    return lakebase.users().contains(email) || lakebase.peopleWithoutRole().contains(email);
  }

  private void endSession(Visit visit) {
    Cookies.value(visit.headers("Cookie"), cookie).ifPresent(sessions::end);
  }

  /** A page's form goes on to where the person wanted to be; a script is told that it is done. */
  private static Reply done(Visit visit) throws IOException {
    String to = visit.field("to");
    return to == null ? Reply.empty() : Reply.seeOther(pathHere(to));
  }

  /** Where a link or a form of ours leads to: never to another host. */
  private static String pathHere(@Nullable String to) {
    return to != null && to.matches("/(?![/\\\\])[!-~]*") ? to : "/";
  }

  private String setCookie(String value, long maxAge) {
    return "%s=%s; Path=/; Max-Age=%s; HttpOnly; SameSite=%s"
        .formatted(cookie, value, maxAge, sameSite.value);
  }

  /**
   * A browser says where a request is from: newer ones in Sec-Fetch-Site, all of them in Origin for
   * a POST. What says neither is no browser.
   */
  private static boolean isOfAnotherSite(Visit visit) {
    List<String> sites = visit.headers("Sec-Fetch-Site");
    if (!sites.isEmpty()) {
      return !sites.equals(List.of("same-origin")) && !sites.equals(List.of("none"));
    }
    List<String> origins = visit.headers("Origin");
    List<String> hosts = visit.headers("Host");
    return !origins.isEmpty()
        && (origins.size() > 1
            || hosts.size() != 1
            || !origins.get(0).equalsIgnoreCase("http://" + hosts.get(0)));
  }

  /**
   * The answer to a page of another site that would change something here; empty for our own pages
   * and for programs. The session's cookie alone does not tell: to a browser, another port of this
   * machine is the same site.
   */
  public static Optional<Reply> refuseAnotherSite(Visit visit) {
    return isRead(visit) || !isOfAnotherSite(visit)
        ? Optional.empty()
        : Optional.of(
            Reply.problem(403, "Forbidden", "A page of another site can change nothing here."));
  }
}
