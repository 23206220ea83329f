package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random headers beside a second opinion, and random people beside each other. */
class IdentityFuzzTest {
  private static final int INPUTS = 100_000;
  private static final Pattern ADDRESS = Pattern.compile("[^,\\p{Cc}\\p{Cf}\\p{Z}\\p{Cs}]+");
  private static final Pattern TOKEN = Pattern.compile("[!-+\\--~]{1,16384}");

  /** Pieces that make two programs disagree, and look-alikes of each other. */
  private static final String[] PIECES = {
    "alice",
    "Alice",
    "ALICE",
    "a",
    "b",
    "@",
    "example.com",
    ".",
    "-",
    "+",
    "%40",
    "%00",
    "\\",
    "'",
    "\"",
    ";",
    "--",
    "/*",
    "$1",
    "<",
    ">",
    "=?utf-8?q?",
    "\u0430",
    "\u0131",
    "\u0130",
    "\u017f",
    "\u212a",
    "k",
    "K",
    "s",
    "S",
    "\u00df",
    "ss",
    "e\u0301",
    "\u00e9",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\ufb01",
    "fi",
    "\uff41",
    "\ud83d\ude00",
    "\ud835\udc00",
    "\u0660",
    "0"
  };

  private static final String[] DISTURBANCES = {
    "", ",", " ", "\t", "\r\n", "\0", "\u0085", "\u00a0", "\u2028", "\u3000", "\ud800", "\udc00",
    "\u007f"
  };

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private String words(int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private String disturbed(String text) {
    if (random.nextInt(3) > 0) {
      return text;
    }
    int place = random.nextInt(text.length() + 1);
    String disturbance = DISTURBANCES[random.nextInt(DISTURBANCES.length)];
    return text.substring(0, place) + disturbance + text.substring(place);
  }

  private String token() {
    return switch (random.nextInt(8)) {
      case 0 -> disturbed(words(6));
      case 1 -> "t".repeat(16_384 + random.nextInt(2));
      case 2 -> "";
      default -> disturbed("s3cret-" + random.nextInt());
    };
  }

  private List<String> values(String value) {
    return switch (random.nextInt(10)) {
      case 0 -> List.of();
      case 1 -> List.of(value, value);
      default -> List.of(value);
    };
  }

  @Test
  void everyInputIsTakenToTheLetterOrRefusedByName() {
    int taken = 0;
    for (int i = 0; i < INPUTS; i++) {
      List<String> addresses = values(disturbed(words(12)));
      List<String> forwarded = addresses.stream().map(IdentityFuzzTest::utf8).toList();
      List<String> tokens = values(token());
      boolean good =
          addresses.size() == 1
              && tokens.size() == 1
              && ADDRESS.matcher(addresses.get(0)).matches()
              && addresses.get(0).getBytes(UTF_8).length <= 63
              && TOKEN.matcher(tokens.get(0)).matches();
      ForwardedIdentity identity = read(forwarded, tokens, good);
      if (identity != null) {
        taken++;
        assertThat(identity.address()).isEqualTo(addresses.get(0));
        assertThat(identity.accessToken().reveal()).isEqualTo(tokens.get(0));
      }
    }
    assertThat(taken).as("inputs taken, seed %d", seed).isBetween(INPUTS / 10, INPUTS * 9 / 10);
  }

  /** As a server hands it on, a character for each byte; what is no Unicode, as it is. */
  private static String utf8(String text) {
    return UTF_8.newEncoder().canEncode(text) ? new String(text.getBytes(UTF_8), ISO_8859_1) : text;
  }

  private @Nullable ForwardedIdentity read(
      List<String> addresses, List<String> tokens, boolean good) {
    IdentityHeaders headers = IdentityHeaders.STANDARD;
    try {
      ForwardedIdentity identity =
          headers.read(name -> name.equals(headers.address()) ? addresses : tokens);
      assertThat(good).as("taken: %s %s, seed %d", addresses, tokens, seed).isTrue();
      return identity;
    } catch (IdentityException e) {
      assertThat(good).as("refused: %s %s, seed %d", addresses, tokens, seed).isFalse();
      boolean none = addresses.isEmpty() && tokens.isEmpty();
      assertThat(e.reason()).isEqualTo(none ? Reason.MISSING : Reason.MALFORMED);
      assertThat(e.getMessage()).contains("X-Forwarded-").doesNotContain("s3cret");
      return null;
    }
  }

  @Test
  void differentPeopleAreDifferentRolesAndOnesSpellingsAreOneRole() {
    Map<String, String> directory = new HashMap<>();
    ProvedIdentities identities = identities(directory);
    Map<String, String> roles = new HashMap<>(); // by the address with ASCII letters made small
    for (int i = 0; i < 20_000; i++) {
      String person = person();
      String key = smallAscii(person);
      String spelling = directory.computeIfAbsent("t" + key.hashCode() + key.length(), t -> person);
      if (!smallAscii(spelling).equals(key)) {
        continue; // two people with one made-up token
      }
      String role = prove(identities, person, key);
      assertThat(role.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(63);
      assertThat(roles.computeIfAbsent(key, k -> role)).as("seed %d", seed).isEqualTo(role);
    }
    assertThat(roles.values())
        .as("seed %d", seed)
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(1_000);
    assertNobodyPassesForAnother(identities, roles);
  }

  private static ProvedIdentities identities(Map<String, String> directory) {
    return new ProvedIdentities(
        identity ->
            new Proof(directory.getOrDefault(identity.accessToken().reveal(), ""), Instant.MAX),
        new PeoplesRoles(null, role -> {}),
        (user, token) -> {},
        new SignOuts(),
        Clock.systemUTC(),
        new SignInLanes(Clock.systemUTC(), DaemonThreads.executor()),
        Duration.ofSeconds(5),
        Observer.NOBODY);
  }

  @Test
  void onesOwnAddressInAThousandSpellingsTakesOnePlace() {
    String address = "alice.liddell@example.com";
    String key = smallAscii(address);
    ProvedIdentities identities = identities(Map.of("t" + key.hashCode() + key.length(), address));
    for (int i = 0; i < 1_000; i++) {
      StringBuilder spelling = new StringBuilder(address);
      for (int bit = 0; bit < 10; bit++) {
        if ((i >> bit & 1) == 1) {
          spelling.setCharAt(bit, Character.toUpperCase(address.charAt(bit)));
        }
      }
      assertThat(prove(identities, spelling.toString(), key)).isEqualTo(address);
    }
    assertThat(identities.tokens()).isEqualTo(1);
  }

  private void assertNobodyPassesForAnother(
      ProvedIdentities identities, Map<String, String> roles) {
    List<String> people = new ArrayList<>(roles.keySet());
    for (int i = 0; i < 20_000; i++) {
      String one = people.get(random.nextInt(people.size()));
      String other = people.get(random.nextInt(people.size()));
      if (!one.equals(other)) {
        assertThatThrownBy(() -> prove(identities, one, other))
            .as("%s as %s, seed %d", other, one, seed)
            .isInstanceOfSatisfying(
                IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISMATCH));
      }
    }
  }

  private static String prove(ProvedIdentities identities, String address, String tokensKey) {
    Secret token = Secret.of("t" + tokensKey.hashCode() + tokensKey.length());
    return identities.prove(new ForwardedIdentity(address, token)).user();
  }

  private String person() {
    while (true) {
      String person = words(4);
      if (person.getBytes(UTF_8).length <= 63 && ADDRESS.matcher(person).matches()) {
        return random.nextBoolean() ? person : person.toUpperCase(Locale.ROOT);
      }
    }
  }

  private static String smallAscii(String text) {
    StringBuilder small = new StringBuilder();
    text.chars().forEach(c -> small.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c)));
    return small.toString();
  }
}
