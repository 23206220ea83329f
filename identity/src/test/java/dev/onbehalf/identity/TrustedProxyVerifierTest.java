package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxyVerifierTest {
  private static final ForwardedIdentity ALICE =
      new ForwardedIdentity("alice@example.com", Secret.of("t"));

  private static ForwardedIdentity from(String sender) throws UnknownHostException {
    return ALICE.forwardedBy(InetAddress.getByName(sender));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.3.0/24, 10.0.3.255, true",
    "10.0.3.0/24, 10.0.4.0, false",
    "10.0.3.7/32, 10.0.3.7, true",
    "10.0.3.7/32, 10.0.3.6, false",
    "10.0.3.128/25, 10.0.3.127, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fd12:3456::1, true",
    "fd00::/8, fe80::1, false",
    "::1/128, ::1, true",
    "10.0.3.0/24, ::ffff:10.0.3.9, true",
    "10.0.3.0/24, ::ffff:10.0.4.9, false",
    "10.0.3.0/24, ::10.0.3.9, false",
    "::/0, ::ffff:10.0.3.9, false",
  })
  void onlyListedAddressesAreBelieved(String range, String sender, boolean believed)
      throws UnknownHostException {
    TrustedProxyVerifier verifier = new TrustedProxyVerifier(List.of(range));
    ForwardedIdentity identity = from(sender);
    if (believed) {
      assertThat(verifier.verify(identity).user()).isEqualTo("alice@example.com");
    } else {
      assertThatThrownBy(() -> verifier.verify(identity))
          .isInstanceOfSatisfying(
              IdentityException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.UNTRUSTED_PROXY));
    }
  }

  @Test
  void anUnknownSenderIsNotBelieved() {
    TrustedProxyVerifier verifier = new TrustedProxyVerifier(List.of("0.0.0.0/0", "::/0"));
    assertThatThrownBy(() -> verifier.verify(ALICE)).isInstanceOf(IdentityException.class);
  }

  @Test
  void itDoesNotStartWithoutAList() {
    assertThatThrownBy(() -> new TrustedProxyVerifier(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10.0.3.0/24");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.3.0",
        "10.0.3.0/33",
        "10.0.3.256/24",
        "proxy.example.com/32",
        "::/129",
        "10.0.3.0/-1",
        "::ffff:10.0.3.0/120"
      })
  void whatIsNoRangeOfAddressesIsRefusedWithItsText(String cidr) {
    assertThatThrownBy(() -> new TrustedProxyVerifier(List.of(cidr)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + cidr + "\"");
  }

  @Test
  void whatTheProxyWasBelievedIsNotBelievedOfAnotherSender() throws UnknownHostException {
    ProvedIdentities identities =
        new ProvedIdentities(
            new TrustedProxyVerifier(List.of("10.0.3.0/24")),
            new PeoplesRoles(null, role -> {}),
            (user, token) -> {},
            new SignOuts(),
            Clock.systemUTC(),
            new SignInLanes(Clock.systemUTC(), DaemonThreads.executor()),
            Duration.ofSeconds(1),
            Observer.NOBODY);
    assertThat(identities.prove(from("10.0.3.1")).user()).isEqualTo("alice@example.com");
    ForwardedIdentity past = from("10.9.9.9");
    assertThatThrownBy(() -> identities.prove(past)).isInstanceOf(IdentityException.class);
  }
}
