package dev.onbehalf.spring;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.onbehalf.pool.UserPool;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells people apart where they are not to be named: the first 16 hexadecimal digits of HMAC-SHA256
 * (RFC 2104). A hash without a key would name them, for addresses can be guessed. Thread-safe.
 */
public final class PersonHash {
  /** A key that can be tried through hides nothing. */
  private static final int SHORTEST_KEY = 16;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 8;
  private static final int MOST = 10_000;

  private final SecretKeySpec key;
  private final Cache<String, String> known = Caffeine.newBuilder().maximumSize(MOST).build();

  /**
   * Hashes by a key.
   *
   * @param key the same in all instances; null for one that this process alone has
   * @throws IllegalArgumentException if it is so short that it could be guessed
   */
  public PersonHash(@Nullable String key) {
    if (key != null && key.length() < SHORTEST_KEY) {
      throw new IllegalArgumentException(
          "must have %s characters or more, not %s: openssl rand -hex 16 makes one"
              .formatted(SHORTEST_KEY, key.length()));
    }
    this.key = new SecretKeySpec(key == null ? random() : utf8(key), ALGORITHM);
  }

  /** Of the person for whom this thread works; empty for nobody. */
  public Optional<String> current() {
    UserPool person = Acting.current().worker();
    return Optional.ofNullable(person == null ? null : of(person.user()));
  }

  /** Of whom a role belongs to. */
  public String of(String role) {
    return known.get(role, this::hash);
  }

  private String hash(String role) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(utf8(role)), 0, BYTES);
    } catch (GeneralSecurityException e) { // every JDK has it
      throw new IllegalStateException(e);
    }
  }

  private static byte[] random() {
    byte[] key = new byte[2 * SHORTEST_KEY];
    new SecureRandom().nextBytes(key);
    return key;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "PersonHash";
  }
}
