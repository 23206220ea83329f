package dev.onbehalf.pool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A password or token that doesn't print itself: {@link #toString()} shows nothing of it, so it
 * can't slip into a log line, an exception or a debugger's summary.
 *
 * <pre>{@code
 * Secret password = Secret.of("s3cret");
 * log.info("got {}", password);                  // got Secret[hidden]
 * connect(user, password.reveal());
 * }</pre>
 *
 * <p>Immutable and thread-safe. Not serializable, on purpose.
 */
public final class Secret {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /**
   * Wraps a secret.
   *
   * @throws IllegalArgumentException if it is empty, which no server takes for a password
   */
  public static Secret of(String value) {
    Objects.requireNonNull(value, "a secret must not be null");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a secret must not be empty");
    }
    return new Secret(value);
  }

  /** The secret itself, for the one call that needs it. */
  public String reveal() {
    return value;
  }

  /** Compares in a time that depends on the lengths only, not on where the two differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret that
        && isEqual(value.getBytes(UTF_8), that.value.getBytes(UTF_8));
  }

  /** As {@code MessageDigest.isEqual}, but eight bytes at a time: tokens are long. */
  private static boolean isEqual(byte[] one, byte[] other) {
    if (one.length != other.length) {
      return false;
    }
    long difference = 0;
    int i = 0;
    for (; i <= one.length - Long.BYTES; i += Long.BYTES) {
      difference |= (long) LONGS.get(one, i) ^ (long) LONGS.get(other, i);
    }
    for (; i < one.length; i++) {
      difference |= one[i] ^ other[i];
    }
    return difference == 0;
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "Secret[hidden]";
  }
}
