package io.unikernal.kernel.step;

import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import java.time.Instant;

/**
 * A message that failed for good, with what is known of that.
 *
 * @param step the innermost one that failed, empty if it came to none
 * @param attempts how often it was tried
 */
public record Letter(
    Message message,
    Instant receivedAt,
    String route,
    Fault fault,
    String step,
    String operation,
    int attempts,
    Instant failedAt) {}
