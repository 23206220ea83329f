package dev.onbehalf.lakebaselocal.internal.workspace;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A service principal's client id and secret, as HTTP Basic (RFC 7617) or a form (RFC 6749, 2.3.1)
 * carry them.
 */
public record ClientCredentials(String clientId, String clientSecret) {
  private static final String SCHEME = "basic ";

  /** Compares without telling by its time how much was right. */
  boolean matches(@Nullable String authorization) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return false;
    }
    try {
      return isOurs(Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  boolean matches(@Nullable String id, @Nullable String secret) {
    return isOurs((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }

  private boolean isOurs(byte[] sent) {
    byte[] ours = (clientId + ":" + clientSecret).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(sent, ours);
  }

  /** Tells nothing of the secret. */
  @Override
  public String toString() {
    return "ClientCredentials[clientId=" + clientId + "]";
  }
}
