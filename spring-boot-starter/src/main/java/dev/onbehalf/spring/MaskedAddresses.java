package dev.onbehalf.spring;

import java.util.regex.Pattern;

/** {@code a***@example.com}: enough to recognise whom one knows to look for. */
public final class MaskedAddresses {
  /** An address in a text; a role of ours has 63 bytes at most. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?<![\\p{L}\\p{N}._%+'-])([\\p{L}\\p{N}])[\\p{L}\\p{N}._%+'-]{0,63}+@");

  private MaskedAddresses() {}

  /** A role's name, which need not be an address: its first letter, and the domain. */
  public static String name(String role) {
    int at = role.lastIndexOf('@');
    return role.isEmpty()
        ? role
        : role.substring(0, role.offsetByCodePoints(0, 1))
            + "***"
            + (at > 0 ? role.substring(at) : "");
  }

  /** The same text with every address in it masked. */
  public static String in(String text) {
    return ADDRESS.matcher(text).replaceAll("$1***@");
  }
}
