@NullMarked
package io.unikernal.cli;

import org.jspecify.annotations.NullMarked;
