/**
 * An application's own tests, on a Lakebase that runs on this machine: {@link
 * dev.onbehalf.spring.test.WithUser} says as whom.
 */
@NullMarked
package dev.onbehalf.spring.test;

import org.jspecify.annotations.NullMarked;
