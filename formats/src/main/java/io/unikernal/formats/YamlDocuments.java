package io.unikernal.formats;

import io.unikernal.formats.Faults.Place;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** One document after the other, as values whose scalars are what the type says. */
final class YamlDocuments implements Sequences.Raw {
  /** So many values may aliases of one document stand for. */
  static final int ALIASED_MAX = 100_000;

  private static final String CORE = "tag:yaml.org,2002:";

  /** The engine copies all of a scalar that is longer, so often as it is longer. */
  private static final int BUFFER = 64 << 10;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setCodePointLimit(Integer.MAX_VALUE)
          .setUseMarks(true)
          .setBufferSize(BUFFER)
          .build();

  private final InputStream in;
  private final Type type;
  private final Optional<Charset> told;
  private final Limits limits;
  private final Map<String, YamlNode> anchors = new HashMap<>();
  private @Nullable TextReader text;
  private @Nullable Iterator<Event> events;
  private Optional<Mark> mark = Optional.empty();
  private long aliased;

  YamlDocuments(InputStream in, Type type, Optional<Charset> told, Limits limits) {
    this.in = in;
    this.type = type;
    this.told = told;
    this.limits = limits;
  }

  @Override
  public Optional<Value> next() throws IOException {
    return nextNode().map(node -> YamlScalars.value(type, node));
  }

  Optional<YamlNode> nextNode() throws IOException {
    try {
      Iterator<Event> from = events == null ? open() : events;
      reader().allow(limits.recordMax());
      while (true) {
        Event event = from.next();
        if (event instanceof StreamEndEvent) {
          return Optional.empty();
        }
        if (event instanceof DocumentStartEvent) {
          anchors.clear();
          aliased = 0;
          YamlNode node = node(from.next(), from, 0);
          from.next(); // The document's end.
          return Optional.of(node);
        }
      }
    } catch (MarkedYamlEngineException e) {
      throw Faults.malformed(
          "this is not YAML", e.getProblemMark().map(this::place).orElseGet(this::here));
    } catch (ReaderException _) {
      throw Faults.malformed("a character that YAML does not allow stands here or later", here());
    } catch (YamlEngineException e) {
      throw unwrapped(e);
    } catch (NumberFormatException | IndexOutOfBoundsException _) {
      // The engine's own slips, as of an escape that the end cuts.
      throw Faults.malformed("this is not YAML", here());
    }
  }

  private FaultException unwrapped(YamlEngineException e) {
    return e.getCause() instanceof FaultException fault
        ? fault
        : Faults.malformed("this is not YAML", here());
  }

  private TextReader reader() {
    if (text == null) {
      throw new IllegalStateException("not open");
    }
    return text;
  }

  private Iterator<Event> open() throws IOException {
    text = new TextReader(in, told.map(Charsets::known).orElse(StandardCharsets.UTF_8), 2 * BUFFER);
    text.allow(limits.recordMax());
    events = new Parse(SETTINGS).parseReader(text).iterator();
    return events;
  }

  private YamlNode node(Event event, Iterator<Event> from, int depth) {
    mark = event.getStartMark();
    if (event instanceof AliasEvent alias) {
      return alias(alias, depth);
    }
    if (!(event instanceof NodeEvent start)) {
      throw Faults.malformed("expected a value", here());
    }
    if (depth >= limits.depthMax() && !(event instanceof ScalarEvent)) {
      throw tooDeep();
    }
    String anchor = start.getAnchor().map(Object::toString).orElse("");
    anchors.remove(anchor); // What holds itself is none yet.
    YamlNode node =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case SequenceStartEvent sequence -> {
            checkTag(sequence.getTag(), "seq");
            yield sequence(from, depth);
          }
          case MappingStartEvent mapping -> {
            checkTag(mapping.getTag(), "map");
            yield mapping(from, depth);
          }
          default -> throw Faults.malformed("expected a value", here());
        };
    if (!anchor.isEmpty()) {
      anchors.put(anchor, node);
    }
    return node;
  }

  private FaultException tooDeep() {
    return Faults.tooLarge(
        "the body is nested deeper than " + limits.depthMax() + " levels", here());
  }

  private YamlNode alias(AliasEvent alias, int depth) {
    YamlNode node = anchors.get(alias.getAlias().toString());
    if (node == null) {
      throw Faults.malformed("an alias stands for nothing, or for what holds it", here());
    }
    aliased += node.size();
    if (aliased > ALIASED_MAX) {
      throw Faults.tooLarge("aliases stand for more than " + ALIASED_MAX + " values", here());
    }
    if (depth + node.height() > limits.depthMax()) {
      throw tooDeep();
    }
    return node;
  }

  private void checkTag(Optional<String> tag, String wanted) {
    if (tag.isPresent() && !tag.get().equals(CORE + wanted) && !tag.get().equals("!")) {
      throw Faults.malformed("the tag is not one that is read here", here());
    }
  }

  private YamlNode scalar(ScalarEvent scalar) {
    String tag = scalar.getTag().orElse("");
    return switch (tag) {
      case "" -> new YamlNode.Scalar(scalar.getValue(), scalar.isPlain(), false);
      case "!", CORE + "str" -> new YamlNode.Scalar(scalar.getValue(), false, false);
      case CORE + "null", CORE + "bool", CORE + "int", CORE + "float" ->
          new YamlNode.Scalar(scalar.getValue(), true, false);
      case CORE + "binary" ->
          new YamlNode.Scalar(scalar.getValue().replaceAll("\\s", ""), false, true);
      default -> throw Faults.malformed("the tag is not one that is read here", here());
    };
  }

  private YamlNode sequence(Iterator<Event> from, int depth) {
    var items = new ArrayList<YamlNode>();
    for (Event event = from.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = from.next()) {
      items.add(node(event, from, depth + 1));
    }
    return YamlNode.Sequence.of(items);
  }

  private YamlNode mapping(Iterator<Event> from, int depth) {
    var entries = new LinkedHashMap<String, YamlNode>();
    for (Event event = from.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = from.next()) {
      YamlNode key = node(event, from, depth + 1);
      if (!(key instanceof YamlNode.Scalar(var name, _, _))) {
        throw Faults.malformed("a key is not one text", here());
      }
      if (entries.containsKey(name)) {
        throw Faults.malformed("a key stands twice in one mapping", here());
      }
      entries.put(name, node(from.next(), from, depth + 1));
    }
    return YamlNode.Mapping.of(entries);
  }

  /** Where the last value begins. Costs, so only for who needs it. */
  private Place here() {
    return mark.map(this::place).orElse(Place.of(0));
  }

  private Place place(Mark mark) {
    long at = text == null ? 0 : text.byteOfPoint(mark.getIndex());
    return new Place(at, mark.getLine() + 1L, mark.getColumn() + 1L);
  }

  @Override
  public long position() {
    return here().position();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
