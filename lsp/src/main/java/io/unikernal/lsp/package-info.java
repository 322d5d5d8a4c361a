/** The language server: what the compiler knows of places, in the editors' protocol. */
@NullMarked
package io.unikernal.lsp;

import org.jspecify.annotations.NullMarked;
