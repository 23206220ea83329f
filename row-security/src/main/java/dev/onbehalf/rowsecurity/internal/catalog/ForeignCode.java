package dev.onbehalf.rowsecurity.internal.catalog;

/**
 * A function that something else calls: a default, a policy, a trigger, a constraint, an index, an
 * event trigger.
 *
 * @param caller for people, such as {@code shop.orders column owner}
 * @param owner whose object calls it
 */
public record ForeignCode(String caller, long owner, Function function, boolean reported) {}
