package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VisibleAsciiTest {
  private static final int LONGEST = 26;

  /** The rule, character by character. */
  private static boolean expected(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',');
  }

  @Test
  void eachCharacterAtEachPlaceOfEachLengthIsJudgedAsIfItWereAlone() {
    for (int length = 1; length <= LONGEST; length++) {
      for (int place = 0; place < length; place++) {
        for (char c = 0; c < 0x180; c++) {
          StringBuilder text = new StringBuilder("x".repeat(length));
          text.setCharAt(place, c);
          assertJudgedByTheRule(text.toString());
        }
      }
    }
  }

  @Test
  void badCharactersSideBySideHideNothing() {
    String pieces = "xyz~!,? \t\0\u001f\u007f\u0080\u00ff\u2028\ud800\udc00";
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(LONGEST); length > 0; length--) {
        boolean good = random.nextInt(4) > 0;
        text.append(good ? 'g' : pieces.charAt(random.nextInt(pieces.length())));
      }
      assertJudgedByTheRule(text.toString());
    }
  }

  @Test
  void aLoneSurrogateIsNotTakenForTheQuestionMarkThatEncodersMakeOfIt() {
    assertThat(VisibleAscii.is("a-token-with-a?in-it")).isTrue();
    assertThat(VisibleAscii.is("a-token-with-a\ud800in-it")).isFalse();
  }

  private static void assertJudgedByTheRule(String text) {
    if (VisibleAscii.is(text) != expected(text)) {
      assertThat(VisibleAscii.is(text))
          .as("characters %s", text.chars().boxed().toList())
          .isEqualTo(expected(text));
    }
  }
}
