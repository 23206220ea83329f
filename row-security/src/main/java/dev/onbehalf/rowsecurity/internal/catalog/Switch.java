package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.regex.Pattern;

/** A setting or an option that is on or off, as the server reads what somebody wrote. */
public final class Switch {
  /** It takes each word's beginnings too, as long as they are one's only, and any case. */
  private static final Pattern OFF =
      Pattern.compile("\\s*(?:of|off|0|n|no|f|fa|fal|fals|false)\\s*", Pattern.CASE_INSENSITIVE);

  private Switch() {}

  public static boolean isOff(String value) {
    return OFF.matcher(value).matches();
  }
}
