/** What an adapter implements, and the world it lives in. */
@NullMarked
package io.unikernal.spi;

import org.jspecify.annotations.NullMarked;
