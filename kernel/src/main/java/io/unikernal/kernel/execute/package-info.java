/** Runs what a route leads to: operations and pipelines. */
@NullMarked
package io.unikernal.kernel.execute;

import org.jspecify.annotations.NullMarked;
