/** Stands in for the identity proxy on a laptop: a sign-in without passwords, for local people. */
@NullMarked
package dev.onbehalf.playground.local;

import org.jspecify.annotations.NullMarked;
