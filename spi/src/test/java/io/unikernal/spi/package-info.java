@NullMarked
package io.unikernal.spi;

import org.jspecify.annotations.NullMarked;
