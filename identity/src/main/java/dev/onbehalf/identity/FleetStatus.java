package dev.onbehalf.identity;

/**
 * Where this instance stands among those that share a database, as of its last look.
 *
 * <pre>{@code
 * database.fleetStatus().ifPresent(it ->
 *     log.info("{} of {} connections, {} instances", it.share(), it.limit(), it.instances()));
 * }</pre>
 *
 * @param instances how many are alive, this one included; 0 while it is not in touch with them
 * @param share how many of the connections are this instance's, the one to the others included
 * @param limit how many connections all instances may hold together
 */
public record FleetStatus(int instances, int share, int limit) {}
