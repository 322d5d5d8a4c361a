/** Checks of the whole: tidiness, architecture, and the distribution run as a user would. */
@NullMarked
package io.unikernal.verify;

import org.jspecify.annotations.NullMarked;
