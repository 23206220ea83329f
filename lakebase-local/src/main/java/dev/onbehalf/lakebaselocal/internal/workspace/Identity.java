package dev.onbehalf.lakebaselocal.internal.workspace;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Somebody whom the workspace knows.
 *
 * @param name a person's address, or a service principal's client id
 */
record Identity(String name, IdentityType type) {

  /** The platform's numeric id: the same for the same name at every start. */
  String id() {
    UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    return Long.toString(hash.getMostSignificantBits() >>> 12);
  }
}
