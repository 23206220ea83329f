package dev.onbehalf.rowsecurity.internal.catalog;

/**
 * A rule, by {@code CREATE RULE}, that does something else with what is written.
 *
 * @param privilege with which somebody has it done
 * @param definition the statement that makes it, names with their schema
 */
public record RewriteRule(String name, Relation table, String privilege, String definition) {}
