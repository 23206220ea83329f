/**
 * The whole chain with what nobody here wrote, by {@code ./check real}: Keycloak signs people in,
 * Apache with mod_auth_openidc is the proxy, Chromium the browser.
 */
@NullMarked
package dev.onbehalf.playground.real;

import org.jspecify.annotations.NullMarked;
