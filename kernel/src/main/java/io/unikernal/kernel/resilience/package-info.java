/** The policies, each in one file: what guards a call, not what is called. */
@NullMarked
package io.unikernal.kernel.resilience;

import org.jspecify.annotations.NullMarked;
