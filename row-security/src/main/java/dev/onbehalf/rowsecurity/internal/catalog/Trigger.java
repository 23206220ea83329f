package dev.onbehalf.rowsecurity.internal.catalog;

/**
 * A row of {@code pg_trigger}, those of constraints left out.
 *
 * @param function called for each change
 */
public record Trigger(String name, Relation table, Function function) {}
