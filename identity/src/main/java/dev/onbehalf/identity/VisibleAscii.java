package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Text of visible ASCII characters without comma: every bearer token (RFC 6750, 2.1), and nearly
 * every address.
 *
 * <p>Each request's token is looked at, and tokens are long, so eight characters are looked at in
 * one step. With {@code b} one of eight bytes in a word, below 0x80, the highest bit is set in
 *
 * <pre>
 *   b - 0x21         of a control character or a space
 *   b + 0x01         of DEL
 *   (b ^ ',') - 1    of a comma
 * </pre>
 *
 * and a byte from 0x80 has it set itself. A borrow or carry out of one byte comes of such a byte
 * only, so it can't turn a bad word into a good one (Warren, Hacker's Delight, 6-1). UTF-8 has a
 * {@code ?} for what it can't encode, so text with one is looked at character by character.
 */
final class VisibleAscii {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long EACH = 0x0101_0101_0101_0101L;
  private static final long HIGHEST_BITS = EACH << 7;

  private VisibleAscii() {}

  static boolean is(String text) {
    return isPlain(text.getBytes(UTF_8)) || text.chars().allMatch(VisibleAscii::isVisible);
  }

  /** Whether all words are good and none has a question mark; false of less than a word. */
  private static boolean isPlain(byte[] text) {
    if (text.length < Long.BYTES) {
      return false;
    }
    long suspects = suspects(text, text.length - Long.BYTES);
    for (int i = 0; i < text.length - Long.BYTES; i += Long.BYTES) {
      suspects |= suspects(text, i);
    }
    return (suspects & HIGHEST_BITS) == 0;
  }

  private static long suspects(byte[] text, int start) {
    long word = (long) WORDS.get(text, start);
    return word
        | (word - EACH * 0x21)
        | (word + EACH)
        | ((word ^ EACH * ',') - EACH)
        | ((word ^ EACH * '?') - EACH);
  }

  private static boolean isVisible(int c) {
    return c > ' ' && c < 0x7f && c != ',';
  }
}
