/** Which member of a target takes a message: statistics, and the ways to choose by them. */
@NullMarked
package io.unikernal.kernel.routing;

import org.jspecify.annotations.NullMarked;
