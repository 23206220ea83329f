package dev.onbehalf.identity.internal;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Whether two names are one host's; nobody is asked for addresses. */
public final class HostNames {
  private HostNames() {}

  /** The spellings of this machine are one host; so is a name with the root's dot. */
  public static Set<String> spellings(Collection<String> hosts) {
    Set<String> spellings = new TreeSet<>();
    for (String host : hosts) {
      String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
      spellings.add(SettingsReader.isLoopback(name) ? "localhost" : name.toLowerCase(Locale.ROOT));
    }
    return spellings;
  }
}
