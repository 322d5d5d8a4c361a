/** What the kernel remembers and counts, for an OpenTelemetry collector. */
@NullMarked
package io.unikernal.telemetry;

import org.jspecify.annotations.NullMarked;
