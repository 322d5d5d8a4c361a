package io.unikernal.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What Jazzer calls with each input: every decoder of this module. Whatever the bytes are, there is
 * a value that can be written, or a fault with its place.
 */
public final class CodecFuzz {
  private static final Type TYPE =
      new Type.Record(
          "All",
          List.of(
              Type.Field.of("a", Type.Int.ANY_INT),
              Type.Field.of("b", new Type.Maybe(Type.Text.ANY_TEXT)),
              Type.Field.of("c", Type.ListOf.of(Type.Real.ANY_DOUBLE)),
              Type.Field.of("d", new Type.Maybe(new Type.MapOf(Type.Simple.ANY))),
              Type.Field.of("e", new Type.Maybe(Type.Decimal.ANY_DECIMAL)),
              Type.Field.of("f", new Type.Maybe(Type.Simple.TIMESTAMP)),
              Type.Field.of("g", new Type.Maybe(Type.Simple.DURATION)),
              Type.Field.of("h", new Type.Maybe(new Type.Enum(List.of("x", "y"))))));

  /** Nobody reads anything. */
  private static final Wanted NOTHING = Wanted.of(TYPE, Reads.NONE);

  private CodecFuzz() {}

  public static void fuzzerTestOneInput(byte[] data) {
    boolean isJson = taken(() -> Json.write(Json.read(data, Json.Limits.DEFAULT)));
    boolean isChecked =
        taken(() -> {
          Json.check(data, Json.Limits.DEFAULT);
          return data;
        });
    boolean isReceived =
        taken(() -> Json.write(Json.receive(data, Json.Limits.DEFAULT, Set.of("a"))));
    if (isJson != isChecked || isJson != isReceived) {
      throw new IllegalStateException("readers of JSON differ: " + Arrays.toString(data));
    }
    Object whole = outcome(data, Wanted.ALL);
    if (!whole.equals(outcome(data, NOTHING))) {
      throw new IllegalStateException(
          "what is wanted makes a difference: " + Arrays.toString(data));
    }
    taken(() -> Cbor.write(Cbor.read(data, 0, data.length)));
    taken(() -> Cbor.writeSlots(TYPE, Cbor.readSlots(TYPE, data, 0, data.length)));
  }

  /** What comes of the bytes as the type: a text, or a fault with its place. */
  private static Object outcome(byte[] data, Wanted wanted) {
    try {
      Value value = Json.receive(data, TYPE, Conform.Extra.KEEP, Json.Limits.DEFAULT, wanted);
      return new String(Json.write(value), StandardCharsets.UTF_8);
    } catch (FaultException e) {
      boolean isTaken =
          taken(() -> {
            throw e;
          });
      return isTaken ? "" : e.fault();
    }
  }

  interface Coding {
    byte[] run();
  }

  /** Whether it was taken; what was refused has its place, or says what does not fit. */
  static boolean taken(Coding coding) {
    try {
      coding.run();
      return true;
    } catch (FaultException e) {
      boolean hasPlace = e.fault().details().fields().containsKey("position");
      if (e.fault().code() == Fault.Code.INVALID ? e.fault().violations().isEmpty() : !hasPlace) {
        throw new IllegalStateException("refused without a place", e);
      }
      return false;
    }
  }
}
