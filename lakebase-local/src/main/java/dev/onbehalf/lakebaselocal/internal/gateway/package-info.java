/** The login gateway: a PostgreSQL front end as far as a login goes. */
@NullMarked
package dev.onbehalf.lakebaselocal.internal.gateway;

import org.jspecify.annotations.NullMarked;
