@NullMarked
package dev.onbehalf.lakebaselocal;

import org.jspecify.annotations.NullMarked;
