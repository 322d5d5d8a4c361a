/** Functions in other languages as operations: supervised worker processes, one framed protocol. */
@NullMarked
package io.unikernal.bridge;

import org.jspecify.annotations.NullMarked;
