package dev.onbehalf.identity;

import dev.onbehalf.identity.internal.SettingsReader;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the database shows who it is before it hears a password.
 *
 * <pre>
 *   PGSSLMODE                   a host that is not loopback     loopback
 *   unset                       verify-full                     prefer; with roots verify-full
 *   require                     verify-full                     require; with roots verify-full
 *   allow, prefer, verify-ca    verify-full                     as it says
 *   disable                     refused                         as it says
 * </pre>
 *
 * <p>The platform sets {@code require}, and its own clients verify under that name. Whoever accepts
 * weaker TLS by name ({@code allowInsecureTls}) gets what {@code PGSSLMODE} says.
 *
 * @param mode what the driver is told
 * @param asked what {@code PGSSLMODE} says; {@code mode} when it is unset
 * @param roots the PEM file of whom to trust; null for the JVM's trust store
 */
record ServerTls(SslMode mode, SslMode asked, @Nullable Path roots) {
  private static final String MODE = "PGSSLMODE";
  private static final String ROOTS = "PGSSLROOTCERT";

  /** As libpq has it from version 16 on: whom this machine trusts. */
  private static final String SYSTEM = "system";

  static ServerTls read(SettingsReader read, String host, boolean allowInsecure) {
    boolean namesRoots = read.optional(ROOTS).isPresent();
    Path roots =
        read.optional(ROOTS).filter(SYSTEM::equals).isPresent()
            ? null
            : read.readableFile(ROOTS, "/etc/ssl/certs/lakebase-ca.pem").orElse(null);
    boolean loopback = SettingsReader.isLoopback(host);
    SslMode unset = loopback && !namesRoots ? SslMode.PREFER : SslMode.VERIFY_FULL;
    SslMode asked = asked(read).orElse(unset);
    if (asked == SslMode.DISABLE && !loopback && !allowInsecure) {
      read.problem(
          "%s is \"%s\", with which every password goes to %s in clear. Example: %s=require; or set"
              + " onbehalf.allow-insecure-tls to accept that",
          MODE, asked.libpqName(), host, MODE);
    }
    boolean verifies = loopback ? asked == SslMode.REQUIRE && namesRoots : !allowInsecure;
    boolean isFull = verifies && asked != SslMode.DISABLE;
    return new ServerTls(isFull ? SslMode.VERIFY_FULL : asked, asked, roots);
  }

  private static Optional<SslMode> asked(SettingsReader read) {
    Optional<String> value = read.optional(MODE);
    Optional<SslMode> mode = value.flatMap(SslMode::of);
    if (value.isPresent() && mode.isEmpty()) {
      read.problem(
          "%s is \"%s\", not one of disable, allow, prefer, require, verify-ca, verify-full."
              + " Example: %s=require",
          MODE, value.get(), MODE);
    }
    return mode;
  }

  boolean verifies() {
    return mode.compareTo(SslMode.VERIFY_CA) >= 0;
  }

  /** Whether more is demanded of the server than {@code PGSSLMODE} says. */
  boolean isStricter() {
    return mode != asked;
  }
}
