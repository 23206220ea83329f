package dev.onbehalf.spring;

import dev.onbehalf.identity.internal.InvisibleCharacter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line a lease to the logger {@code dev.onbehalf.audit}, at INFO, with the same as
 * key-value pairs for whoever logs structured. No name breaks its line. Thread-safe.
 */
public final class LoggedLeaseAudit implements LeaseAudit {
  private static final Logger log = LoggerFactory.getLogger("dev.onbehalf.audit");

  @Override
  public void ended(Lease lease) {
    String person = printable(lease.person().orElse(""));
    String role = printable(lease.role());
    String requestId = printable(lease.requestId().orElse(""));
    log.atInfo()
        .addKeyValue("person", person)
        .addKeyValue("role", role)
        .addKeyValue("servicePrincipal", lease.servicePrincipal())
        .addKeyValue("from", lease.from())
        .addKeyValue("to", lease.to())
        .addKeyValue("requestId", requestId)
        .log(
            "lease person=\"{}\" role=\"{}\" from={} to={} request=\"{}\"",
            quoted(person),
            quoted(role),
            lease.from(),
            lease.to(),
            quoted(requestId));
  }

  private static String printable(String text) {
    return text.codePoints()
        .map(c -> isPrintable(c) ? c : '?')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** A role may be called anything but NUL: line breaks, and what reorders a line (UTR 36). */
  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> !InvisibleCharacter.is(c);
    };
  }

  /** So that a name can't look like another field. */
  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
