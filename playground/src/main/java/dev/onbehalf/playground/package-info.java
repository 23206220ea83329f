/** The demo application and its page. */
@NullMarked
package dev.onbehalf.playground;

import org.jspecify.annotations.NullMarked;
