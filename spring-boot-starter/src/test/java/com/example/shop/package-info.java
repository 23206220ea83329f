/** An application as strangers write theirs: it knows nothing of Onbehalf but its public names. */
@NullMarked
package com.example.shop;

import org.jspecify.annotations.NullMarked;
