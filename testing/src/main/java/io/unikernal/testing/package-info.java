/** Definitions in virtual time: tests that stand beside them, and simulations. */
@NullMarked
package io.unikernal.testing;

import org.jspecify.annotations.NullMarked;
