package dev.onbehalf.identity;

import java.util.Optional;
import java.util.stream.Stream;

/** How far TLS to the database is trusted (PostgreSQL manual, 32.19.1, "Client Verification"). */
public enum SslMode {
  DISABLE,
  ALLOW,
  PREFER,
  REQUIRE,
  VERIFY_CA,
  VERIFY_FULL;

  /** The mode's name as {@code PGSSLMODE} spells it, for example {@code verify-full}. */
  public String libpqName() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  static Optional<SslMode> of(String libpqName) {
    return Stream.of(values()).filter(mode -> mode.libpqName().equals(libpqName)).findFirst();
  }
}
