/** The simulated world: virtual time, one seeded order of events. */
@NullMarked
package io.unikernal.kernel.sim;

import org.jspecify.annotations.NullMarked;
