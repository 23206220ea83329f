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

  /**
   * The name of the application, and this. Of what is not printable ASCII the server makes a
   * question mark for each byte, or four characters, and cuts what has become longer.
   */
  String in(String application) {
    String end = " #" + text;
    String plain = application.replaceAll("[^ -~]", "?");
    return plain.substring(0, Math.min(plain.length(), LONGEST_NAME - end.length())) + end;
  }
}
