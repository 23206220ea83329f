package dev.onbehalf.spring.dashboard;

import dev.onbehalf.spring.MaskedAddresses;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Makes of roles what the picture shows. A colour comes from a hash with a key of this process:
 * else whoever may see the picture could try addresses until a masked person's colour comes out.
 *
 * <p>Not thread-safe.
 */
final class People {
  private static final int MOST = 10_000;
  private static final int KEY_BYTES = 4;

  private final boolean mask;
  private final Predicate<String> isServicePrincipal;
  private final byte[] salt = new byte[16];
  private final Map<String, Person> known = new HashMap<>();

  People(boolean mask, Predicate<String> isServicePrincipal) {
    this.mask = mask;
    this.isServicePrincipal = isServicePrincipal;
    new SecureRandom().nextBytes(salt);
  }

  Person of(String role) {
    if (known.size() >= MOST) {
      known.clear(); // they come out the same again
    }
    return known.computeIfAbsent(role, this::make);
  }

  private Person make(String role) {
    boolean isApplication = isServicePrincipal.test(role);
    String label = isApplication ? "the application" : mask ? MaskedAddresses.name(role) : role;
    return new Person(key(role), label, isApplication);
  }

  private String key(String role) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      byte[] hash = digest.digest(role.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) { // every JDK has it
      throw new IllegalStateException(e);
    }
  }
}
