/** What Unikernal is measured beside, and the kernel in process. Run by {@code bench/run}. */
@NullMarked
package io.unikernal.bench;

import org.jspecify.annotations.NullMarked;
