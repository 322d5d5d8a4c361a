package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.Node.Style;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/**
 * Reads YAML 1.2 into {@link Node}s: bounded in depth, size and what aliases may multiply to. The
 * parser's own messages never reach people, see {@link YamlErrors}.
 */
final class YamlReader {
  static final int DEPTH_MAX = 64;
  static final int NODES_MAX = 200_000;

  private final Source source;
  private final Diagnostics diagnostics;
  private final Offsets offsets;
  private final Iterator<Event> events;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private int nodes;

  /** The end of what was read last. */
  private int read;

  /** {@code size} counts the nodes in it, aliases resolved. */
  private record Anchored(Node node, int size) {}

  /** The document breaks a bound or a rule of ours; reported already. */
  private static final class Stop extends RuntimeException {
    Stop() {
      super("", null, false, false);
    }
  }

  private YamlReader(Source source, Diagnostics diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
    offsets = new Offsets(source.text());
    var settings =
        LoadSettings.builder().setLabel("").setCodePointLimit(Integer.MAX_VALUE - 8).build();
    events = new Parse(settings).parseString(source.text()).iterator();
  }

  /** The document's root; empty if it has none or cannot be read, which is then reported. */
  static Optional<Node> read(Source source, Diagnostics diagnostics) {
    var reader = new YamlReader(source, diagnostics);
    try {
      return reader.document();
    } catch (Stop _) {
      return Optional.empty();
    } catch (MarkedYamlEngineException wrong) {
      new YamlErrors(source, diagnostics)
          .report(
              reader.offset(wrong.getProblemMark().or(wrong::getContextMark)),
              reader.offset(wrong.getContextMark().or(wrong::getProblemMark)),
              wrong.getProblem());
      return Optional.empty();
    } catch (ReaderException wrong) {
      int at = Math.clamp(reader.offsets.of(wrong.getPosition()), 0, source.text().length());
      diagnostics.error(
          Code.YAML_SYNTAX,
          new Place(source, at, Math.min(at + 1, source.text().length())),
          "the character U+%04X may not stand in YAML".formatted(wrong.getCodePoint()));
      return Optional.empty();
    } catch (YamlVersionException _) {
      diagnostics.error(
          Code.YAML_SYNTAX, new Place(source, 0, 0), "only YAML 1.2 and 1.1 can be read");
      return Optional.empty();
    } catch (YamlEngineException _) {
      diagnostics.error(Code.YAML_SYNTAX, new Place(source, 0, 0), "this is not YAML");
      return Optional.empty();
    }
  }

  /** Where the parser gives up, in chars; -1 if the text is YAML. */
  static int breaksAt(String text) {
    var settings =
        LoadSettings.builder().setLabel("").setCodePointLimit(Integer.MAX_VALUE - 8).build();
    try {
      for (Event _ : new Parse(settings).parseString(text)) {
        // Only whether there is one.
      }
      return -1;
    } catch (MarkedYamlEngineException wrong) {
      return new Offsets(text).of(wrong.getProblemMark().map(Mark::getIndex).orElse(0));
    } catch (RuntimeException _) {
      return 0;
    }
  }

  private Optional<Node> document() {
    Optional<Node> root = Optional.empty();
    int documents = 0;
    while (hasNext()) {
      Event event = next();
      switch (event.getEventId()) {
        case DocumentStart -> {
          if (++documents > 1) {
            another(place(event));
          }
        }
        case Scalar, SequenceStart, MappingStart, Alias -> root = Optional.of(node(event, 1));
        case StreamStart, StreamEnd, DocumentEnd, SequenceEnd, MappingEnd, Comment -> {}
      }
    }
    return root.filter(node -> !node.isNull());
  }

  private void another(Place place) {
    var finding =
        diagnostics.error(
            Code.YAML_SYNTAX, place, "a file holds one document; `---` begins another");
    if (source.text().substring(place.end()).isBlank()) {
      finding.label("remove it").edit(place, "");
    } else {
      finding.label("put what follows into a file of its own, and `import` that");
    }
    throw new Stop();
  }

  private boolean hasNext() {
    try {
      return events.hasNext();
    } catch (YamlEngineException wrong) {
      throw wrong;
    } catch (RuntimeException _) {
      throw stumbled();
    }
  }

  private Event next() {
    try {
      Event event = events.next();
      read = offset(event.getEndMark());
      return event;
    } catch (YamlEngineException wrong) {
      throw wrong;
    } catch (RuntimeException _) {
      throw stumbled();
    }
  }

  /** The parser has faults of its own, as at an escape that the end of the file cuts off. */
  private Stop stumbled() {
    diagnostics
        .error(
            Code.YAML_SYNTAX,
            trimmed(Math.min(read, source.text().length()), source.lineEnd(read)),
            "this is not YAML")
        .label("something after this is cut off");
    return new Stop();
  }

  private Node node(Event event, int depth) {
    if (depth > DEPTH_MAX) {
      diagnostics.error(
          Code.YAML_LIMIT, place(event), "nested deeper than " + DEPTH_MAX + " levels");
      throw new Stop();
    }
    if (event instanceof AliasEvent alias) {
      return resolve(alias);
    }
    int before = nodes;
    count(1, event);
    Node node =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case CollectionStartEvent start when start.getEventId() == Event.ID.MappingStart ->
              mapping(start, depth);
          case CollectionStartEvent start -> sequence(start, depth);
          default -> throw new IllegalStateException("no node begins with " + event);
        };
    if (event instanceof NodeEvent named && named.getAnchor().isPresent()) {
      anchors.put(named.getAnchor().get().getValue(), new Anchored(node, nodes - before));
    }
    return node;
  }

  private Node resolve(AliasEvent alias) {
    Anchored target = anchors.get(alias.getAlias().getValue());
    if (target == null) {
      String name = alias.getAlias().getValue();
      Optional<String> meant = Suggestions.closest(name, anchors.keySet());
      diagnostics
          .error(Code.YAML_SYNTAX, place(alias), "`*" + name + "` names no anchor before it")
          .label(
              meant
                  .map(better -> "did you mean `*" + better + "`?")
                  .orElse("a text that begins with `*` needs quotes"))
          .edit(place(alias), meant.map(better -> "*" + better).orElse("\"*" + name + "\""));
      throw new Stop();
    }
    count(target.size(), alias);
    return target.node();
  }

  private void count(int more, Event event) {
    nodes += more;
    if (nodes > NODES_MAX) {
      diagnostics.error(
          Code.YAML_LIMIT,
          place(event),
          "more than " + NODES_MAX + " values, with aliases counted each time");
      throw new Stop();
    }
  }

  private Scalar scalar(ScalarEvent event) {
    Place place = place(event);
    Style style =
        switch (event.getScalarStyle()) {
          case DOUBLE_QUOTED, JSON_SCALAR_STYLE -> Style.DOUBLE_QUOTED;
          case SINGLE_QUOTED -> Style.SINGLE_QUOTED;
          case LITERAL, FOLDED -> Style.BLOCK;
          case PLAIN -> Style.PLAIN;
        };
    return new Scalar(skipProperties(place, style), event.getValue(), style, event.getTag());
  }

  /** A scalar's place begins at its anchor or tag; ours begins at its text. */
  private Place skipProperties(Place place, Style style) {
    String raw = place.text();
    int at = 0;
    while (at < raw.length() && (raw.charAt(at) == '&' || raw.charAt(at) == '!')) {
      int end = at;
      while (end < raw.length() && !Character.isWhitespace(raw.charAt(end))) {
        end++;
      }
      while (end < raw.length() && Character.isWhitespace(raw.charAt(end))) {
        end++;
      }
      if (end == raw.length() && style == Style.PLAIN) {
        return place;
      }
      at = end;
    }
    return new Place(source, place.start() + at, place.end());
  }

  private Sequence sequence(CollectionStartEvent start, int depth) {
    refuseTag(start.getTag(), place(start));
    var items = new ArrayList<Node>();
    while (true) {
      Event event = next();
      if (event.getEventId() == Event.ID.SequenceEnd) {
        return new Sequence(between(start, event, last(items)), items, start.isFlow());
      }
      items.add(node(event, depth + 1));
    }
  }

  private Mapping mapping(CollectionStartEvent start, int depth) {
    refuseTag(start.getTag(), place(start));
    var entries = new ArrayList<Entry>();
    var seen = new HashMap<String, Scalar>();
    while (true) {
      Event event = next();
      if (event.getEventId() == Event.ID.MappingEnd) {
        Optional<Node> last = entries.isEmpty() ? Optional.empty() : last(values(entries));
        return new Mapping(between(start, event, last), entries, start.isFlow());
      }
      Node key = node(event, depth + 1);
      Node value = node(next(), depth + 1);
      if (!(key instanceof Scalar name)) {
        new YamlErrors(source, diagnostics).keyIsNoText(key);
        throw new Stop();
      }
      Scalar first = seen.putIfAbsent(name.text(), name);
      if (first != null) {
        twice(name, value, first, entries);
      } else {
        entries.add(new Entry(name, value));
      }
    }
  }

  private void twice(Scalar name, Node value, Scalar first, List<Entry> entries) {
    var finding =
        diagnostics
            .error(Code.DUPLICATE_KEY, name.place(), "`" + name.text() + "` stands here twice")
            .label("the first is in line " + source.lineAt(first.place().start()));
    boolean isSame =
        entries.stream()
            .anyMatch(entry ->
                entry.key() == first && entry.value().place().text().equals(value.place().text()));
    if (isSame) {
      int from = entries.getLast().place().end();
      finding.edit(new Place(source, from, Math.max(from, value.place().end())), "");
    }
  }

  private static List<Node> values(List<Entry> entries) {
    return entries.stream().map(Entry::value).toList();
  }

  private static Optional<Node> last(List<Node> items) {
    return items.isEmpty() ? Optional.empty() : Optional.of(items.getLast());
  }

  private void refuseTag(Optional<String> tag, Place place) {
    tag.ifPresent(text ->
        diagnostics.error(
            Code.YAML_TAG, place, "tags as `" + YamlErrors.shortTag(text) + "` mean nothing here"));
  }

  /** A collection's place; a block's end mark lies far behind, so it ends with its last value. */
  private Place between(CollectionStartEvent start, Event end, Optional<Node> last) {
    int from = offset(start.getStartMark());
    int to = start.isFlow() ? offset(end.getEndMark()) : offset(end.getStartMark());
    if (!start.isFlow()) {
      to = last.map(node -> node.place().end()).filter(e -> e >= from).orElse(to);
    }
    return trimmed(from, Math.max(from, to));
  }

  private Place place(Event event) {
    return trimmed(offset(event.getStartMark()), offset(event.getEndMark()));
  }

  private Place trimmed(int from, int to) {
    int end = Math.min(to, source.text().length());
    while (end > from && Character.isWhitespace(source.text().charAt(end - 1))) {
      end--;
    }
    return new Place(source, Math.min(from, end), end);
  }

  private int offset(Optional<Mark> mark) {
    return Math.clamp(
        mark.map(found -> offsets.of(found.getIndex())).orElse(0), 0, source.text().length());
  }

  /** From the parser's code points to our chars. */
  static final class Offsets {
    private final int[] chars;

    Offsets(String text) {
      boolean isSimple = text.codePointCount(0, text.length()) == text.length();
      if (isSimple) {
        chars = new int[0];
        return;
      }
      chars = new int[text.codePointCount(0, text.length()) + 1];
      int at = 0;
      for (int i = 0; i < chars.length; i++) {
        chars[i] = at;
        at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 0;
      }
    }

    int of(int codePoint) {
      return chars.length == 0 ? codePoint : chars[Math.clamp(codePoint, 0, chars.length - 1)];
    }
  }
}
