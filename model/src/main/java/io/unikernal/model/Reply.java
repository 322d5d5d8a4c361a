package io.unikernal.model;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** What an operation answers; the body is {@link Value.Null} when it answers nothing. */
public record Reply(Value body, SequencedMap<String, String> headers) {
  public static final Reply NONE = of(Value.Null.NULL);

  public static Reply of(Value body) {
    return new Reply(body, new LinkedHashMap<>());
  }
}
