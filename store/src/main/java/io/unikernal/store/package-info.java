/** The state store of a single node. */
@NullMarked
package io.unikernal.store;

import org.jspecify.annotations.NullMarked;
