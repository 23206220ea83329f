/** The page, in a real Chromium, against the whole running application on lakebase-local. */
@NullMarked
package dev.onbehalf.playground.browser;

import org.jspecify.annotations.NullMarked;
