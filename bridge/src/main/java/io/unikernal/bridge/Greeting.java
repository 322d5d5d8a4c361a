package io.unikernal.bridge;

import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;

/** HELLO and WELCOME. */
final class Greeting {
  static final int VERSION = 1;
  private static final List<String> TEXTS = List.of("token", "lang", "sdk", "name");

  private Greeting() {}

  /**
   * @throws io.unikernal.model.FaultException MALFORMED for what is no HELLO of this version
   */
  static void check(Value hello) {
    if (!(BridgeFaults.field(hello, "v") instanceof Value.Int(var version)) || version != VERSION) {
      throw FrameRules.malformed("this kernel speaks version " + VERSION);
    }
    for (String name : TEXTS) {
      require(BridgeFaults.field(hello, name) instanceof Value.Text, name);
    }
    require(
        BridgeFaults.field(hello, "max_frame") instanceof Value.Int(var most)
            && most >= Frame.COUNTED_HEADER_BYTES,
        "max_frame");
    require(BridgeFaults.field(hello, "types") instanceof Value.Dict, "types");
    require(
        BridgeFaults.field(hello, "functions") instanceof Value.Items(var functions)
            && functions.stream()
                .allMatch(function ->
                    BridgeFaults.field(function, "name") instanceof Value.Text
                        && BridgeFaults.field(function, "params") instanceof Value.Items
                        && BridgeFaults.field(function, "returns") instanceof Value.Text),
        "functions");
  }

  private static void require(boolean fits, String key) {
    if (!fits) {
      throw FrameRules.malformed("a HELLO whose `" + key + "` is missing or not what it may be");
    }
  }

  /** The largest frame that both sides take. */
  static int lengthMax(Value hello) {
    return BridgeFaults.field(hello, "max_frame") instanceof Value.Int(var most)
        ? (int) Math.min(most, Frame.LENGTH_MAX)
        : Frame.LENGTH_MAX;
  }

  static Frame welcome(String session, Limits limits) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("v", Value.integer(VERSION));
    fields.put("session", Value.text(session));
    fields.put("max_frame", Value.integer(Frame.LENGTH_MAX));
    fields.put("heartbeat_ms", Value.integer(limits.heartbeat().toMillis()));
    return Frame.of(Frame.WELCOME, 0, new Value.Dict(fields));
  }
}
