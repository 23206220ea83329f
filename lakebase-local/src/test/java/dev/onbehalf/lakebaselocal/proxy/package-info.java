@NullMarked
package dev.onbehalf.lakebaselocal.proxy;

import org.jspecify.annotations.NullMarked;
