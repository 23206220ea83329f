/** The workspace's HTTP endpoints. */
@NullMarked
package dev.onbehalf.lakebaselocal.internal.workspace;

import org.jspecify.annotations.NullMarked;
