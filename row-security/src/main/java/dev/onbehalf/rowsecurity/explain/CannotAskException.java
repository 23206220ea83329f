package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.sql.SQLException;

/** Whoever asks lacks a right that the answer takes; the message says which, and what gives it. */
public final class CannotAskException extends SQLException {
  private static final int SET_OPTION = 160_000;

  CannotAskException(String message) {
    super(message, "42501");
  }

  static CannotAskException mayNotBecome(Facts facts, SQLException cause) {
    String person = Names.quoted(facts.person().name());
    String asker = Names.quoted(facts.asker().name());
    String grant =
        facts.version() >= SET_OPTION
            ? "GRANT %s TO %s WITH INHERIT FALSE, SET TRUE"
            : "GRANT %s TO %s";
    CannotAskException refused =
        new CannotAskException(
            "%s may not SET ROLE to %s, and policies are evaluated as that person: a superuser may, or %s"
                .formatted(
                    facts.asker().name(), facts.person().name(), grant.formatted(person, asker)));
    refused.initCause(cause);
    return refused;
  }

  static CannotAskException mayNotRead(Facts facts) {
    return new CannotAskException(
        "%s may not read each column of %s, and whoever asks why a row is seen must be able to see it: GRANT SELECT ON %s TO %s"
            .formatted(
                facts.asker().name(),
                facts.table().name(),
                facts.table().name().sql(),
                Names.quoted(facts.asker().name())));
  }
}
