package io.unikernal.testing;

import io.unikernal.model.Origin;
import java.util.List;
import java.util.OptionalInt;

/**
 * Something that a test expects and that did not come.
 *
 * @param at the place of the expectation
 * @param what which expectation, as {@code replies}
 * @param message the number of the first message that shows it
 * @param trace what happened to that message, a line for each event
 */
public record Failing(
    Origin at,
    String what,
    String expected,
    String came,
    OptionalInt message,
    List<String> trace) {}
