/**
 * Runs a {@code Plan}. Control flow lives in {@code Passage} and the eight steps; leaves compute.
 */
@NullMarked
package io.unikernal.kernel;

import org.jspecify.annotations.NullMarked;
