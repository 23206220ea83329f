package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.nimbusds.jose.util.Base64URL;
import dev.onbehalf.identity.internal.TokenClaims;
import dev.onbehalf.pool.Secret;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Whatever the bytes of a token are, its verifier has a verdict, and throws nothing else. */
class TokenFuzzTest {
  private static final String ALICE = "alice@example.com";
  private static final int INPUTS = 4_000;
  private static final TestIssuer ISSUER = new TestIssuer();

  /** What makes parsers throw things of their own. */
  private static final String[] ODD = {
    "null",
    "[]",
    "{}",
    "7",
    "-0",
    "1e999999999",
    "1e-999999999",
    "9223372036854775808",
    "NaN",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "[[[[[[[[[[",
    "[null]",
    "{\"a\":{\"a\":{}}}",
    "true",
    "\"RS256\"",
    "\"none\"",
    "'",
    "/*"
  };

  private static final String[] NAMES = {
    "alg", "typ", "cty", "kid", "jku", "jwk", "x5u", "x5t", "x5c", "crit", "b64", "enc", "zip",
    "p2c", "epk", "apu", "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "email", "azp", "cnf",
    "email_verified", "scope", "scp"
  };

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @AfterAll
  static void stop() {
    ISSUER.close();
  }

  private String one(String[] of) {
    return of[random.nextInt(of.length)];
  }

  private String object() {
    if (random.nextInt(8) == 0) {
      return one(ODD);
    }
    StringBuilder json = new StringBuilder("{");
    for (int i = random.nextInt(5); i >= 0; i--) {
      json.append("\"%s\":%s%s".formatted(one(NAMES), one(ODD), i == 0 ? "" : ","));
    }
    return json.append('}').toString();
  }

  private String mutant(String token) {
    StringBuilder mutant = new StringBuilder(token);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int place = random.nextInt(mutant.length());
      switch (random.nextInt(4)) {
        case 0 -> mutant.setCharAt(place, visible());
        case 1 -> mutant.insert(place, visible());
        case 2 -> mutant.setLength(Math.max(1, place));
        default -> mutant.deleteCharAt(place).append('.');
      }
    }
    return mutant.toString().replace(',', '.');
  }

  private char visible() {
    return (char) ('!' + random.nextInt(94));
  }

  private String part(String json) {
    return Base64URL.encode(json.getBytes(UTF_8)).toString();
  }

  private String token() {
    return switch (random.nextInt(5)) {
      case 0 -> mutant(ISSUER.token(", \"email\": \"" + ALICE + "\""));
      case 1 -> part(object()) + "." + part(object()) + "." + part("x");
      case 2 -> part("{\"alg\":\"RS256\",\"kid\":\"k\"}") + "." + part(object()) + "." + part("x");
      case 3 -> ISSUER.signed(object());
      default -> part(object()) + "." + part(object()) + "." + part("x") + "..";
    };
  }

  @Test
  void everyTokenEndsInAVerdict() {
    JwtIdentityVerifier verifier =
        new JwtIdentityVerifier(ISSUER.issuer(), Set.of("the-app"), "email");
    int refused = 0;
    for (int i = 0; i < INPUTS; i++) {
      String token = token();
      try {
        verifier.verify(new ForwardedIdentity(ALICE, Secret.of(token)));
      } catch (IdentityException e) {
        refused++;
      } catch (RuntimeException | Error e) {
        fail("seed %s: %s".formatted(seed, token), e);
      }
      assertThat(TokenClaims.of(token).end()).as("seed %s: %s", seed, token).isNotNull();
      assertThat(TokenClaims.of(token).scopes()).as("seed %s: %s", seed, token).isNotNull();
    }
    assertThat(refused).as("seed %s", seed).isGreaterThan(INPUTS * 9 / 10);
  }

  @Test
  void nestingWithoutEndIsAVerdictToo() {
    JwtIdentityVerifier verifier =
        new JwtIdentityVerifier(ISSUER.issuer(), Set.of("the-app"), "email");
    for (String open : new String[] {"[", "{\"a\":"}) {
      String deep = part(open.repeat(16_000 / 4 * 3 / open.length() - 50));
      for (String token :
          new String[] {deep + ".e30.e30", part("{\"alg\":\"RS256\"}") + "." + deep + ".e30"}) {
        assertThat(TokenClaims.of(token).end()).isEmpty();
        try {
          verifier.verify(new ForwardedIdentity(ALICE, Secret.of(token)));
          fail("taken");
        } catch (IdentityException e) {
          assertThat(e.reason()).isEqualTo(IdentityException.Reason.TOKEN_REFUSED);
        }
      }
    }
  }
}
