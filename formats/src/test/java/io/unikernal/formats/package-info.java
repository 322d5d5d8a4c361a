@NullMarked
package io.unikernal.formats;

import org.jspecify.annotations.NullMarked;
