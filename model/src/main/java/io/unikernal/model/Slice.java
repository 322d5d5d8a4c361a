package io.unikernal.model;

/**
 * A part of a JSON document that was checked whole: what is in it is well-formed, and may be
 * written again as it is. The array belongs to it.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Slice(byte[] bytes, int from, int to, Json.Limits limits) {
  Value read() {
    return new JsonReader(bytes, limits).valueAt(from);
  }

  int length() {
    return to - from;
  }
}
