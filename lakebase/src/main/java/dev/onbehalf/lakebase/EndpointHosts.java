package dev.onbehalf.lakebase;

import dev.onbehalf.identity.internal.HostNames;
import java.util.List;
import java.util.Set;

/**
 * Where the workspace says that an endpoint's database is. Its pooler's hosts are not among them:
 * that takes nobody's token.
 *
 * @param direct the hosts' names; empty where the workspace does not say
 */
record EndpointHosts(List<String> direct) {

  /** Whether {@code PGHOST} names another host: not where nobody knows better. */
  boolean areOtherThan(String host) {
    Set<String> known = HostNames.spellings(direct);
    return !known.isEmpty()
        && HostNames.spellings(List.of(host.split(",", -1))).stream().noneMatch(known::contains);
  }
}
