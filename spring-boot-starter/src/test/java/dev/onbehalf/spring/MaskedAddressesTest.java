package dev.onbehalf.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses within sentences and SQL, and texts that are made to be slow. */
class MaskedAddressesTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "alice@example.com, a***@example.com",
        "o'brien@example.com, o***@example.com",
        "jürgen.müller+x@example.com, j***@example.com",
        "REVOKE a FROM \"bob@example.com\";, REVOKE a FROM \"b***@example.com\";",
        "alice@a.com and bob@b.com, a***@a.com and b***@b.com",
        "nobody here, nobody here",
        "@, @"
      })
  void eachIsMasked(String text, String shown) {
    assertThat(MaskedAddresses.in(text)).isEqualTo(shown);
  }

  @Test
  void aTextThatIsMadeToBeSlowIsNot() {
    String text = "a".repeat(1_000_000);
    Assertions.assertTimeout(
        Duration.ofSeconds(20), () -> assertThat(MaskedAddresses.in(text)).isEqualTo(text));
  }
}
