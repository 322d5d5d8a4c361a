package io.unikernal.udl;

import io.unikernal.udl.Layout.Document;
import io.unikernal.udl.Layout.Group;
import io.unikernal.udl.Layout.Leaf;
import io.unikernal.udl.Layout.Part;
import io.unikernal.udl.Layout.Ref;
import io.unikernal.udl.Layout.Unit;
import io.unikernal.udl.Node.Style;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Reads a text that {@link YamlReader} accepts once more, for its {@link Layout}. */
final class LayoutReader {
  private final String text;
  private final YamlReader.Offsets offsets;
  private final Iterator<Event> events;
  private final List<Leaf> leaves = new ArrayList<>();
  private final List<Unit> units = new ArrayList<>();
  private boolean hasAnchors;

  private LayoutReader(String text) {
    this.text = text;
    offsets = new YamlReader.Offsets(text);
    var settings =
        LoadSettings.builder().setLabel("").setCodePointLimit(Integer.MAX_VALUE - 8).build();
    events = new Parse(settings).parseString(text).iterator();
  }

  /** Empty if the text holds no document. */
  static Optional<Document> read(String text) {
    return new LayoutReader(text).document();
  }

  private Optional<Document> document() {
    String head = "";
    int from = 0;
    Optional<Part> root = Optional.empty();
    while (events.hasNext()) {
      Event event = events.next();
      switch (event.getEventId()) {
        case DocumentStart -> {
          if (event instanceof DocumentStartEvent start && start.isExplicit()) {
            from = end(event);
            head = text.substring(0, from).strip();
          }
        }
        case Scalar, SequenceStart, MappingStart, Alias -> root = Optional.of(part(event));
        case StreamStart, StreamEnd, DocumentEnd, SequenceEnd, MappingEnd, Comment -> {}
      }
    }
    if (root.isEmpty()) {
      return Optional.empty();
    }
    var document =
        new Document(text, head, root.get(), new ArrayList<>(), new ArrayList<>(), hasAnchors);
    new LayoutComments(document, from, leaves, units).place();
    return Optional.of(document);
  }

  private Part part(Event event) {
    return switch (event) {
      case AliasEvent alias -> {
        hasAnchors = true;
        yield new Ref(start(event), end(event), alias.getAlias().getValue());
      }
      case ScalarEvent scalar -> leaf(scalar);
      case CollectionStartEvent start -> group(start);
      default -> throw new IllegalStateException("no node begins with " + event);
    };
  }

  private String anchor(Optional<Anchor> anchor) {
    hasAnchors |= anchor.isPresent();
    return anchor.map(Anchor::getValue).orElse("");
  }

  private Leaf leaf(ScalarEvent event) {
    String anchor = anchor(event.getAnchor());
    int end = end(event);
    int start = afterAnchor(start(event), end, anchor);
    Style style =
        switch (event.getScalarStyle()) {
          case DOUBLE_QUOTED, JSON_SCALAR_STYLE -> Style.DOUBLE_QUOTED;
          case SINGLE_QUOTED -> Style.SINGLE_QUOTED;
          case LITERAL, FOLDED -> Style.BLOCK;
          case PLAIN -> Style.PLAIN;
        };
    if (style != Style.BLOCK) {
      while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
    }
    var leaf = new Leaf(start, end, anchor, style, text.substring(start, end), event.getValue());
    leaves.add(leaf);
    return leaf;
  }

  private int afterAnchor(int start, int end, String anchor) {
    int at = start;
    if (!anchor.isEmpty() && text.startsWith("&", at)) {
      at += 1 + anchor.length();
      while (at < end && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }
    return Math.min(at, end);
  }

  private Group group(CollectionStartEvent event) {
    boolean isMapping = event.getEventId() == Event.ID.MappingStart;
    String anchor = anchor(event.getAnchor());
    var group = new Group(isMapping, event.isFlow(), anchor, start(event));
    int at = group.start + (anchor.isEmpty() ? 0 : 1 + anchor.length());
    while (true) {
      Event next = events.next();
      if (next.getEventId() == (isMapping ? Event.ID.MappingEnd : Event.ID.SequenceEnd)) {
        group.end(group.isFlow ? end(next) : at);
        break;
      }
      at = unit(group, next, at);
    }
    if (!group.units.isEmpty()) {
      int first = group.units.getFirst().start;
      group.column = text.codePointCount(lineStart(first), first);
    }
    return group;
  }

  /** Reads one entry or item; {@code from} is the end of what stands before it. */
  private int unit(Group group, Event event, int from) {
    Optional<Part> key = Optional.empty();
    int start = start(event);
    int slot = units.size();
    Event valueEvent = event;
    if (group.isMapping) {
      key = Optional.of(part(event));
      valueEvent = events.next();
    } else if (!group.isFlow) {
      start = dash(from);
    }
    Part value = part(valueEvent);
    var unit = new Unit(group, start, key, value);
    group.units.add(unit);
    // What is inside of it came first; the order is that of the text.
    units.add(slot, unit);
    return Math.max(value.end(), key.map(Part::end).orElse(start + 1));
  }

  /** The next {@code -} that is in no comment. */
  private int dash(int from) {
    int at = from;
    while (text.charAt(at) != '-') {
      if (text.charAt(at) == '#') {
        at = text.indexOf('\n', at);
      }
      at++;
    }
    return at;
  }

  private int lineStart(int offset) {
    return text.lastIndexOf('\n', offset - 1) + 1;
  }

  private int start(Event event) {
    return offset(event.getStartMark());
  }

  private int end(Event event) {
    return offset(event.getEndMark());
  }

  private int offset(Optional<Mark> mark) {
    return Math.clamp(mark.map(m -> offsets.of(m.getIndex())).orElse(0), 0, text.length());
  }
}
