package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Who is known to the workspace: people, and one service principal. */
public final class Directory {
  private final Map<String, Identity> identities = new HashMap<>();

  public Directory(Collection<String> people, String servicePrincipal) {
    for (String person : people) {
      identities.put(person, new Identity(person, IdentityType.USER));
    }
    identities.put(
        servicePrincipal, new Identity(servicePrincipal, IdentityType.SERVICE_PRINCIPAL));
  }

  /** The identity that is spelt exactly so. */
  Optional<Identity> find(String name) {
    return Optional.ofNullable(identities.get(name));
  }
}
