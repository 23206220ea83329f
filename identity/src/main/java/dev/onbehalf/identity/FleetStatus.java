package dev.onbehalf.identity;

import java.util.List;

/**
 * Where this instance stands among those that share a database, as of its last look.
 *
 * <pre>{@code
 * database.fleetStatus().ifPresent(it ->
 *     log.info("{} of {} connections, {} instances", it.share(), it.limit(), it.instances()));
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param instances how many are alive, this one included; 0 while it is not in touch with them
 * @param share how many of the connections are this instance's, the one to the others included
 * @param limit how many connections all instances may hold together
 * @param members those instances, the eldest first
 */
public record FleetStatus(int instances, int share, int limit, List<Member> members) {
  public FleetStatus {
    members = List.copyOf(members);
    if (instances != members.size()) {
      throw new IllegalArgumentException(
          "%s instances, and %s members".formatted(instances, members.size()));
    }
  }

  /** Of one that is out of touch with the others. */
  static FleetStatus apart(int share, int limit) {
    return new FleetStatus(0, share, limit, List.of());
  }

  /**
   * An instance as the database knows it.
   *
   * @param number twelve hexadecimal digits, with which its {@code application_name} ends
   * @param share how many of the connections are its own
   * @param connections how many of it the server counted, the one to the others included
   * @param own whether it is this one
   */
  public record Member(String number, int share, int connections, boolean own) {}
}
