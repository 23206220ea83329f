/** Tests of the pool's inside. */
@NullMarked
package dev.onbehalf.pool.internal.login;

import org.jspecify.annotations.NullMarked;
