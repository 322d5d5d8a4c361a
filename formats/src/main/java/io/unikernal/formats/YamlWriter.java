package io.unikernal.formats;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ImplicitTuple;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.events.StreamStartEvent;

/**
 * A value as a YAML document. Texts that any reader, of YAML 1.1 too, could take for something else
 * are quoted.
 */
final class YamlWriter {
  private static final int DEPTH_MAX = 512;
  private static final DumpSettings SETTINGS =
      DumpSettings.builder().setWidth(Integer.MAX_VALUE).setSplitLines(false).build();
  private static final String BINARY = "tag:yaml.org,2002:binary";

  private final List<Event> events = new ArrayList<>();

  private YamlWriter() {}

  /** {@code isMarked}: with the line that parts it from the document before. */
  static String document(Value value, boolean isMarked) {
    var writer = new YamlWriter();
    writer.events.add(new StreamStartEvent());
    writer.events.add(new DocumentStartEvent(isMarked, Optional.empty(), Map.of()));
    writer.value(value, 0);
    writer.events.add(new DocumentEndEvent(false));
    writer.events.add(new StreamEndEvent());
    // They stand in quotes, where YAML 1.1 takes them for line ends.
    return new Present(SETTINGS)
        .emitToString(writer.events.iterator())
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  private void value(Value value, int depth) {
    if (depth > DEPTH_MAX) {
      throw Faults.invalid("YAML is not written deeper than " + DEPTH_MAX + " levels");
    }
    switch (value) {
      case Value.Absent _, Value.Null _ -> plain("null");
      case Value.Bool _, Value.Int _, Value.UInt _, Value.Decimal _ -> plain(Texts.of(value));
      case Value.Real(var number) -> plain(real(number));
      case Value.Text(var text) -> text(text);
      case Value.Bytes(var bytes) ->
          events.add(
              new ScalarEvent(
                  Optional.empty(),
                  Optional.of(BINARY),
                  new ImplicitTuple(false, false),
                  Base64.getEncoder().encodeToString(bytes),
                  ScalarStyle.DOUBLE_QUOTED));
      case Value.Timestamp _, Value.Date _, Value.Time _, Value.Duration _, Value.Uuid _ ->
          quoted(Texts.of(value));
      case Value.Items(var items) -> {
        events.add(
            new SequenceStartEvent(Optional.empty(), Optional.empty(), true, FlowStyle.BLOCK));
        items.forEach(item -> value(item, depth + 1));
        events.add(new SequenceEndEvent());
      }
      case ValueStream _ -> plain(Texts.of(value)); // which says that it cannot be
      case Value.Dict _, Rec _ -> {
        events.add(
            new MappingStartEvent(Optional.empty(), Optional.empty(), true, FlowStyle.BLOCK));
        Texts.fields(value)
            .forEach((name, one) -> {
              if (one != Value.Absent.ABSENT) {
                text(name);
                value(one, depth + 1);
              }
            });
        events.add(new MappingEndEvent());
      }
    }
  }

  /** With the sign that YAML 1.1 wants of an exponent. */
  private static String real(double number) {
    if (Double.isNaN(number)) {
      return ".nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? ".inf" : "-.inf";
    }
    return Double.toString(number).replaceFirst("E(?!-)", "E+");
  }

  private void text(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw Faults.invalid("a text with half a pair of surrogates cannot be written");
    }
    if (YamlScalars.isPlainText(text)) {
      plain(text);
    } else {
      quoted(text);
    }
  }

  private void plain(String text) {
    scalar(text, ScalarStyle.PLAIN);
  }

  private void quoted(String text) {
    scalar(text, ScalarStyle.DOUBLE_QUOTED);
  }

  private void scalar(String text, ScalarStyle style) {
    events.add(
        new ScalarEvent(
            Optional.empty(), Optional.empty(), new ImplicitTuple(true, true), text, style));
  }
}
