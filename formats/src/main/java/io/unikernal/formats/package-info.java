/** Formats of others, as codecs. Only the formats themselves are public, for the service loader. */
@NullMarked
package io.unikernal.formats;

import org.jspecify.annotations.NullMarked;
