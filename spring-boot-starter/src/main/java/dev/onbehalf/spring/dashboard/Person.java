package dev.onbehalf.spring.dashboard;

/**
 * Somebody as the picture shows them.
 *
 * @param key of which their colour is made: the same for the same role in this process, and of no
 *     use to find out who a masked person is
 * @param label their name as it may be shown
 * @param isApplication whether it is the service principal
 */
record Person(String key, String label, boolean isApplication) {}
