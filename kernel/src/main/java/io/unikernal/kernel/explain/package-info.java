/** Why a message went where it went: what was decided about it, kept for whoever asks. */
@NullMarked
package io.unikernal.kernel.explain;

import org.jspecify.annotations.NullMarked;
