@NullMarked
package dev.onbehalf.lakebaselocal.internal.token;

import org.jspecify.annotations.NullMarked;
