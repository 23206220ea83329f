package dev.onbehalf.spring;

import java.util.regex.Pattern;

/** {@code a***@example.com}: enough to recognise whom one knows to look for. */
public final class MaskedAddresses {
  /** An address in a text; a role of ours has 63 bytes at most. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?<![\\p{L}\\p{N}._%+'-])([\\p{L}\\p{N}])[\\p{L}\\p{N}._%+'-]{0,63}+@");

  private MaskedAddresses() {}

  /** The same text with every address in it masked. */
  public static String in(String text) {
    return ADDRESS.matcher(text).replaceAll("$1***@");
  }
}
