/** What listens on this machine. */
@NullMarked
package dev.onbehalf.lakebaselocal.internal.net;

import org.jspecify.annotations.NullMarked;
