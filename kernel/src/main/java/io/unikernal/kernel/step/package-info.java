/** The eight steps of every message, one file each; {@code Passage} lists them in order. */
@NullMarked
package io.unikernal.kernel.step;

import org.jspecify.annotations.NullMarked;
