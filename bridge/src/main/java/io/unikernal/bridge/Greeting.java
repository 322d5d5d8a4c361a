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
    if (!(hello.field("v") instanceof Value.Int(var version)) || version != VERSION) {
      throw FrameRules.malformed("this kernel speaks version " + VERSION);
    }
    for (String name : TEXTS) {
      require(hello.field(name) instanceof Value.Text, name);
    }
    require(
        hello.field("max_frame") instanceof Value.Int(var most)
            && most >= Frame.COUNTED_HEADER_BYTES,
        "max_frame");
    require(hello.field("types") instanceof Value.Dict, "types");
    require(
        hello.field("functions") instanceof Value.Items(var functions)
            && functions.stream()
                .allMatch(function ->
                    function.field("name") instanceof Value.Text
                        && function.field("params") instanceof Value.Items
                        && function.field("returns") instanceof Value.Text),
        "functions");
  }

  private static void require(boolean fits, String key) {
    if (!fits) {
      throw FrameRules.malformed("a HELLO whose `" + key + "` is missing or not what it may be");
    }
  }

  /** The largest frame that both sides take. */
  static int lengthMax(Value hello) {
    return hello.field("max_frame") instanceof Value.Int(var most)
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
