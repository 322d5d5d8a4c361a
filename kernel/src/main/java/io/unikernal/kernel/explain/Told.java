package io.unikernal.kernel.explain;

import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import java.util.List;
import java.util.Optional;

/**
 * A part of what happened to a message, as it was when somebody asked.
 *
 * @param spanId its id in the trace of the message
 * @param atNanos from the beginning of the message
 * @param tookNanos until now, where it has not ended
 */
public record Told(
    Span.Kind kind,
    String name,
    Origin origin,
    String spanId,
    long atNanos,
    long tookNanos,
    boolean isEnded,
    Optional<Fault> fault,
    List<Note> notes,
    List<Told> parts) {}
