/**
 * The demo application: products that belong to people, and the database decides who sees which.
 */
@NullMarked
package dev.onbehalf.playground;

import org.jspecify.annotations.NullMarked;
