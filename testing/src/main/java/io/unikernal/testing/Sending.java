package io.unikernal.testing;

import io.unikernal.model.Operation;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Messages that a source receives.
 *
 * @param input what the message of that number holds, from 0
 * @param every the time from one to the next
 */
record Sending(
    Operation to,
    long times,
    Duration every,
    LongFunction<Value> input,
    Map<String, String> headers) {}
