package io.unikernal.importers;

import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Reads YAML 1.2 into a {@link Tree}, with what its core schema makes of plain words. An alias is
 * the same node again, so a few lines cannot fill the memory; what aliases multiply to is counted.
 */
final class YamlTreeReader {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,39})(\\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?");

  private final SourceFile file;
  private final Iterator<Event> events;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private int nodes;

  private record Anchored(Tree tree, int size) {}

  private YamlTreeReader(SourceFile file) {
    this.file = file;
    var settings =
        LoadSettings.builder().setLabel("").setCodePointLimit(Integer.MAX_VALUE - 8).build();
    events = new Parse(settings).parseString(file.text()).iterator();
  }

  static Tree read(SourceFile file) {
    try {
      return new YamlTreeReader(file)
          .document()
          .orElseThrow(() -> RefusedException.of(file, "the file is empty", ""));
    } catch (MarkedYamlEngineException wrong) {
      Tree.Place place = wrong.getProblemMark().map(YamlTreeReader::place).orElse(Tree.Place.NONE);
      throw RefusedException.at(
          file, place, "this is not YAML: " + String.valueOf(wrong.getProblem()), "");
    } catch (RefusedException refused) {
      throw refused;
    } catch (RuntimeException _) {
      // The parser has faults of its own, as at an escape that the end of the file cuts off.
      throw RefusedException.of(file, "this is neither JSON nor YAML", "");
    }
  }

  private static Tree.Place place(Mark mark) {
    return new Tree.Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static Tree.Place place(Event event) {
    return event.getStartMark().map(YamlTreeReader::place).orElse(Tree.Place.NONE);
  }

  private Optional<Tree> document() {
    Optional<Tree> root = Optional.empty();
    while (events.hasNext()) {
      Event event = events.next();
      switch (event.getEventId()) {
        case DocumentStart -> {
          if (root.isPresent()) {
            throw RefusedException.at(file, place(event), "a file holds one document", "");
          }
        }
        case Scalar, SequenceStart, MappingStart, Alias -> root = Optional.of(node(event, 1));
        case StreamStart, StreamEnd, DocumentEnd, SequenceEnd, MappingEnd, Comment -> {}
      }
    }
    return root;
  }

  private Tree node(Event event, int depth) {
    if (depth > TreeReader.DEPTH_MAX) {
      throw RefusedException.at(
          file, place(event), "nested deeper than " + TreeReader.DEPTH_MAX + " levels", "");
    }
    int before = nodes;
    count(event, 1);
    Tree tree =
        switch (event.getEventId()) {
          case Alias -> alias((AliasEvent) event);
          case Scalar -> new Tree.Leaf(scalar((ScalarEvent) event), place(event));
          case SequenceStart -> sequence(event, depth);
          case MappingStart -> mapping(event, depth);
          case DocumentStart,
              DocumentEnd,
              StreamStart,
              StreamEnd,
              SequenceEnd,
              MappingEnd,
              Comment ->
              throw RefusedException.at(file, place(event), "this is not YAML", "");
        };
    if (event instanceof NodeEvent named && !(event instanceof AliasEvent)) {
      named
          .getAnchor()
          .ifPresent(name -> anchors.put(name.getValue(), new Anchored(tree, nodes - before)));
    }
    return tree;
  }

  private void count(Event event, int more) {
    nodes += more;
    if (nodes > TreeReader.NODES_MAX) {
      throw RefusedException.at(
          file, place(event), "the document has over " + TreeReader.NODES_MAX + " parts", "");
    }
  }

  private Tree alias(AliasEvent event) {
    String name = event.getAlias().getValue();
    Anchored anchored = anchors.get(name);
    if (anchored == null) {
      throw RefusedException.at(file, place(event), "nothing is called `&" + name + "`", "");
    }
    count(event, anchored.size());
    return anchored.tree();
  }

  private Tree sequence(Event start, int depth) {
    var items = new ArrayList<Tree>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      items.add(node(event, depth + 1));
    }
    return new Tree.Arr(items, place(start));
  }

  private Tree mapping(Event start, int depth) {
    var fields = new LinkedHashMap<String, Tree>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      Tree key = node(event, depth + 1);
      Tree value = node(events.next(), depth + 1);
      String name =
          event instanceof ScalarEvent scalar
              ? scalar.getValue()
              : key.text()
                  .orElseThrow(
                      () -> RefusedException.at(file, key.place(), "a key must be a text", ""));
      if (fields.putIfAbsent(name, value) != null) {
        throw RefusedException.at(file, key.place(), "the key `" + name + "` stands twice", "");
      }
    }
    return new Tree.Obj(fields, place(start));
  }

  private static Value scalar(ScalarEvent event) {
    String text = event.getValue();
    if (event.getScalarStyle() != ScalarStyle.PLAIN) {
      return Value.text(text);
    }
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> Value.Null.NULL;
      case "true", "True", "TRUE" -> Value.Bool.TRUE;
      case "false", "False", "FALSE" -> Value.Bool.FALSE;
      default ->
          NUMBER.matcher(text).matches()
              ? TreeReader.number(text).orElseGet(() -> Value.text(text))
              : Value.text(text);
    };
  }
}
