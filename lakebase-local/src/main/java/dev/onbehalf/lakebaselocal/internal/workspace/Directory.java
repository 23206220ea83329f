package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Who is known to the workspace: people, and one service principal. Thread-safe. */
public final class Directory {
  private final Map<String, Identity> identities = new ConcurrentHashMap<>();

  public Directory(Collection<String> people, String servicePrincipal) {
    people.forEach(this::add);
    identities.put(
        servicePrincipal, new Identity(servicePrincipal, IdentityType.SERVICE_PRINCIPAL));
  }

  /** Whether the name was free, and is now a person's. */
  public boolean add(String person) {
    return identities.putIfAbsent(person, new Identity(person, IdentityType.USER)) == null;
  }

  public void remove(String person) {
    identities.remove(person);
  }

  /** Whether a person is spelt exactly so. */
  public boolean hasPerson(String name) {
    return find(name).filter(known -> known.type() == IdentityType.USER).isPresent();
  }

  /** Whether somebody, a person or not, is spelt exactly so. */
  public boolean knows(String name) {
    return identities.containsKey(name);
  }

  /** The identity that is spelt exactly so. */
  Optional<Identity> find(String name) {
    return Optional.ofNullable(identities.get(name));
  }
}
