package dev.onbehalf.playground.local;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Signs local people in and out. There are no passwords: it listens where only you can reach it.
 */
@RestController
@Conditional(OnLocalLakebase.class)
@RequestMapping("/local")
class LocalSignInController {
  private final LakebaseLocal lakebase;
  private final LocalSessions sessions;

  LocalSignInController(LakebaseLocal lakebase, LocalSessions sessions) {
    this.lakebase = lakebase;
    this.sessions = sessions;
  }

  @GetMapping("/users")
  ResponseEntity<People> users(HttpServletRequest request) {
    List<Person> people =
        Stream.concat(
                lakebase.users().stream().map(email -> new Person(email, "has a role")),
                lakebase.peopleWithoutRole().stream()
                    .map(email -> new Person(email, "has no role in PostgreSQL")))
            .toList();
    String signedIn = sessions.of(request).map(LocalSessions.Session::email).orElse(null);
    return ResponseEntity.ok()
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(new People(people, signedIn));
  }

  @PostMapping("/sign-in")
  ResponseEntity<Void> signIn(HttpServletRequest request, @RequestParam String email) {
    if (!lakebase.users().contains(email) && !lakebase.peopleWithoutRole().contains(email)) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST, "Nobody here has this address; GET /local/users lists them all.");
    }
    sessions.signOut(request);
    return withCookie(sessions.signIn(email), Duration.ofHours(12));
  }

  @PostMapping("/sign-out")
  ResponseEntity<Void> signOut(HttpServletRequest request) {
    sessions.signOut(request);
    return withCookie("", Duration.ZERO);
  }

  private static ResponseEntity<Void> withCookie(String value, Duration maxAge) {
    ResponseCookie cookie =
        ResponseCookie.from(LocalSessions.COOKIE, value)
            .httpOnly(true)
            .sameSite("Strict")
            .path("/")
            .maxAge(maxAge)
            .build();
    return ResponseEntity.noContent().header(HttpHeaders.SET_COOKIE, cookie.toString()).build();
  }

  /** Somebody who can sign in. */
  record Person(String email, String note) {}

  /** Everybody who can sign in, and who has. */
  record People(List<Person> users, @Nullable String signedIn) {}
}
