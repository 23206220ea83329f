package dev.onbehalf.identity.internal;

import java.util.Set;

/**
 * Characters that show nothing, or turn the direction of what follows (UTR 36, 2): with one, a name
 * looks like another in a log or on a page. What Unicode has not given out yet, as far as this JDK
 * knows, and what it leaves to private use are among them, for nobody knows how they will look.
 */
public final class InvisibleCharacter {
  /** Default_Ignorable_Code_Point (Unicode 17, DerivedCoreProperties.txt), first and last. */
  private static final int[][] IGNORABLE = {
    {0xad, 0xad},
    {0x34f, 0x34f},
    {0x61c, 0x61c},
    {0x115f, 0x1160},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x200b, 0x200f},
    {0x202a, 0x202e},
    {0x2060, 0x206f},
    {0x3164, 0x3164},
    {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},
    {0xfff0, 0xfff8},
    {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff}
  };

  /**
   * Blank, though they count as letters or symbols: Braille, Khitan, hieroglyphs, a note's head.
   */
  private static final Set<Integer> BLANK = Set.of(0x2800, 0x16fe4, 0x13441, 0x13442, 0x1d159);

  private InvisibleCharacter() {}

  public static boolean is(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.UNASSIGNED
        || type == Character.PRIVATE_USE
        || BLANK.contains(c)
        || isIgnorable(c);
  }

  private static boolean isIgnorable(int c) {
    for (int[] range : IGNORABLE) {
      if (c <= range[1]) {
        return c >= range[0];
      }
    }
    return false;
  }
}
