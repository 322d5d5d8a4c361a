/** The language: text to {@code Plan}, with diagnostics that say what to write. */
@NullMarked
package io.unikernal.udl;

import org.jspecify.annotations.NullMarked;
