/** UDL-CEL: parsed and checked by dev.cel, lowered to our own IR, interpreted. */
@NullMarked
package io.unikernal.expr;

import org.jspecify.annotations.NullMarked;
