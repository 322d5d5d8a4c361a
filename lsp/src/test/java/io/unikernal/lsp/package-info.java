@NullMarked
package io.unikernal.lsp;

import org.jspecify.annotations.NullMarked;
