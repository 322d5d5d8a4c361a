/** Queues inside the process, for tests and examples. */
@NullMarked
package io.unikernal.adapter.memory;

import org.jspecify.annotations.NullMarked;
