package io.unikernal.model;

import java.util.SequencedMap;

/**
 * One message (UDM), immutable but for the decoding of its body.
 *
 * @param id unique; given by the kernel, or by the source where it has one (empty until then)
 * @param operation the operation that received it or that it is sent to, {@code system.operation}
 * @param headers names in lower case
 */
public record Message(
    String id,
    String operation,
    SequencedMap<String, String> headers,
    Body body,
    Principal principal,
    Deadline deadline,
    Trace trace) {

  /** A message as a source gives it: the kernel adds id, identity, deadline and, if none, trace. */
  public static Message received(
      String operation, SequencedMap<String, String> headers, Body body, Trace trace) {
    return new Message("", operation, headers, body, Principal.ANONYMOUS, Deadline.NONE, trace);
  }

  public Message withBody(Value value) {
    return new Message(id, operation, headers, Body.of(value), principal, deadline, trace);
  }

  public Message withPrincipal(Principal who) {
    return new Message(id, operation, headers, body, who, deadline, trace);
  }

  public Message withTrace(Trace where) {
    return new Message(id, operation, headers, body, principal, deadline, where);
  }

  public Message withDeadline(Deadline until) {
    return new Message(id, operation, headers, body, principal, until, trace);
  }

  /**
   * The message that calls {@code target} with {@code value} on behalf of this one. Where that is
   * the value of this one's body, it is the body too, with the bytes that it came as.
   */
  public Message call(String target, Value value, Deadline until) {
    return new Message(id, target, headers, body.holding(value), principal, until, trace);
  }
}
