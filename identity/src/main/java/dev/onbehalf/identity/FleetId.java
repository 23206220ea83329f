package dev.onbehalf.identity;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Which instance of a fleet: made up at its start. It stands in {@code application_name}, so that
 * the server's own count says how many connections an instance still has that has ended.
 *
 * @param text twelve hexadecimal digits
 */
record FleetId(String text) {
  private static final int BYTES = 6;

  /** PostgreSQL cuts what is longer. */
  private static final int LONGEST_NAME = 63;

  static FleetId random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new FleetId(HexFormat.of().formatHex(bytes));
  }

  /** The name of the application, and this. */
  String in(String application) {
    String end = " #" + text;
    int room = LONGEST_NAME - end.length();
    // The server counts bytes, of which three are the most that one char becomes.
    boolean fits = application.length() * 3 <= room || isAscii(application);
    int cut = Math.min(application.length(), fits ? room : room / 3);
    return application.substring(0, cut) + end;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }
}
