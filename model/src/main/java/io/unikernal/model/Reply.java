package io.unikernal.model;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** What an operation answers; the body is {@link Value.Null} when it answers nothing. */
public record Reply(Value body, SequencedMap<String, String> headers) {
  public static final Reply NONE = of(Value.Null.NULL);

  /**
   * The header of a reply that says only that the message is taken over, and under which id: it is
   * delivered later.
   */
  public static final String MESSAGE_ID = "message-id";

  public static Reply takenOver(String messageId, Value body) {
    var headers = new LinkedHashMap<String, String>();
    headers.put(MESSAGE_ID, messageId);
    return new Reply(body, headers);
  }

  public boolean isTakenOver() {
    return headers.containsKey(MESSAGE_ID);
  }

  public static Reply of(Value body) {
    return new Reply(body, new LinkedHashMap<>());
  }
}
