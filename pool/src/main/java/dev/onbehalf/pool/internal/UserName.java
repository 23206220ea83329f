package dev.onbehalf.pool.internal;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The rule for names of roles.
 *
 * <p>PostgreSQL cuts an identifier after 63 bytes (NAMEDATALEN - 1, chapter 4.1.1 of its manual),
 * so that two longer names could become one role; and it ends a string at a NUL character.
 */
public final class UserName {
  private static final int MAX_BYTES = 63;

  private UserName() {}

  /**
   * Gives the name back if a role can have it.
   *
   * @throws IllegalArgumentException if it is empty, over 63 bytes of UTF-8, holds a NUL character,
   *     or is no valid Unicode
   */
  public static String require(String user) {
    requireGiven(user);
    if (user.isEmpty()) {
      throw new IllegalArgumentException("the user must not be empty");
    }
    if (user.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the user must not hold a NUL character");
    }
    int bytes = bytesOf(user);
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "the user must be at most %s bytes of UTF-8, not %s: PostgreSQL would cut the name"
              .formatted(MAX_BYTES, bytes));
    }
    return user;
  }

  public static String requireGiven(String user) {
    return Objects.requireNonNull(user, "the user must not be null");
  }

  private static int bytesOf(String user) {
    try {
      // Not getBytes(): it turns a lone surrogate into '?', and so two names into one.
      return StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(user)).limit();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "the user must be valid Unicode: it has a lone surrogate", e);
    }
  }
}
