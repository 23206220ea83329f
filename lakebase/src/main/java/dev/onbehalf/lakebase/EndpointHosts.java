package dev.onbehalf.lakebase;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where the workspace says that an endpoint's database is. Its pooler's hosts are not among them:
 * that takes nobody's token.
 *
 * @param direct the hosts' names; empty where the workspace does not say
 */
record EndpointHosts(List<String> direct) {

  /** Whether {@code PGHOST} names another host: not where nobody knows better. */
  boolean areOtherThan(String host) {
    Set<String> known = spellings(direct);
    return !known.isEmpty()
        && spellings(List.of(host.split(",", -1))).stream().noneMatch(known::contains);
  }

  /** The spellings of this machine are one host; so is a name with the root's dot. */
  static Set<String> spellings(Collection<String> hosts) {
    Set<String> spellings = new TreeSet<>();
    for (String host : hosts) {
      String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
      spellings.add(SettingsReader.isLoopback(name) ? "localhost" : name.toLowerCase(Locale.ROOT));
    }
    return spellings;
  }
}
