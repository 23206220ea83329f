package dev.onbehalf.identity;

import dev.onbehalf.pool.Secret;
import java.time.Instant;
import java.util.Objects;

/**
 * What somebody logs in with, and until when. It matters at login only: a connection that is open
 * outlives it.
 *
 * <pre>{@code
 * new DatabaseCredential(Secret.of(token), Instant.now().plus(Duration.ofHours(1)));
 * }</pre>
 *
 * <p>Immutable; {@code toString} prints nothing of the password.
 *
 * @param password what PostgreSQL is given as the password
 * @param expiresAt when it stops being taken; {@link Instant#MAX} for never. Another one is asked
 *     for two minutes before
 */
public record DatabaseCredential(Secret password, Instant expiresAt) {
  public DatabaseCredential {
    Objects.requireNonNull(password, "A credential has a password");
    Objects.requireNonNull(expiresAt, "A credential has an end; Instant.MAX is none");
  }
}
