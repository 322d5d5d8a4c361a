/** Types and operations from, and to, the formats of others. */
@NullMarked
package io.unikernal.importers;

import org.jspecify.annotations.NullMarked;
