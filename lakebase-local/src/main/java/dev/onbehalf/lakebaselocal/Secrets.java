package dev.onbehalf.lakebaselocal;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets that nobody can guess. */
final class Secrets {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  /** 256 bits, in hexadecimal: safe in a URL, a shell and an HTTP header. */
  static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
