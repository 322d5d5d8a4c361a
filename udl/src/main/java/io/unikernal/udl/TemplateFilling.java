package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.Expressions.Marker;
import io.unikernal.expr.Expressions.Reference;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.Node.Style;
import io.unikernal.udl.TemplateParameter.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Copies a template's tree for one use, arguments in place of parameters. */
final class TemplateFilling {
  private static final Pattern PARAMETER = Pattern.compile("\\s*param\\.([A-Za-z0-9_]+)\\s*");
  private static final Set<String> CONDITIONS =
      Grammar.ALL.stream()
          .flatMap(vocabulary -> vocabulary.all().stream())
          .filter(key -> key.shape() == Shape.Scalar.CONDITION)
          .map(Vocabulary.Key::name)
          .collect(Collectors.toUnmodifiableSet());

  /** Stands for what is reported, so that it is reported once. */
  private static final String UNKNOWN = "dyn(null)";

  private final TemplateArguments arguments;
  private final TemplateUse use;
  private final Diagnostics diagnostics;
  private final Map<Source, Source> views = new HashMap<>();

  /** Counts what all uses make. */
  private final NodeSizes sizes;

  TemplateFilling(
      TemplateArguments arguments, TemplateUse use, NodeSizes sizes, Diagnostics diagnostics) {
    this.arguments = arguments;
    this.use = use;
    this.sizes = sizes;
    this.diagnostics = diagnostics;
  }

  /** Whether the value at the key is an expression without {@code ${…}}. */
  static boolean isCondition(String key) {
    return CONDITIONS.contains(key);
  }

  /** The expressions in a scalar. */
  static List<Marker> markers(Scalar scalar, boolean isCondition) {
    String text = scalar.text();
    if (isCondition && !text.contains("${")) {
      return List.of(new Marker(0, text.length()));
    }
    return text.contains("param.") ? Expressions.markers(text) : List.of();
  }

  /** The copy; empty where the parameter that it consists of has no argument. */
  Optional<Node> fill(Node node, String key) {
    if (!sizes.add(1)) {
      return Optional.empty();
    }
    return switch (node) {
      case Scalar scalar -> scalar(scalar, isCondition(key));
      case Sequence sequence -> Optional.of(sequence(sequence, key));
      case Mapping mapping -> Optional.of(mapping(mapping));
    };
  }

  private Sequence sequence(Sequence sequence, String key) {
    var items = new ArrayList<Node>();
    for (Node item : sequence.items()) {
      Optional<Node> filled = fill(item, key);
      boolean isSplice =
          item instanceof Scalar scalar
              && whole(scalar)
                  .filter(name -> arguments.parameter(name).kind() == Kind.STEPS)
                  .isPresent();
      if (isSplice && filled.orElse(null) instanceof Sequence steps) {
        items.addAll(steps.items());
      } else {
        filled.ifPresent(items::add);
      }
    }
    return new Sequence(view(sequence.place()), items, sequence.isFlow());
  }

  private Mapping mapping(Mapping mapping) {
    var entries = new ArrayList<Entry>();
    Map<String, Scalar> seen = new HashMap<>();
    for (Entry entry : mapping.entries()) {
      Optional<Node> value = fill(entry.value(), entry.name());
      Scalar key = key(entry.key());
      if (value.isEmpty()) {
        continue;
      }
      if (seen.putIfAbsent(key.text(), key) != null) {
        diagnostics.error(
            Code.DUPLICATE_KEY, key.place(), "`" + key.text() + "` stands here twice");
      } else {
        entries.add(new Entry(key, value.get()));
      }
    }
    return new Mapping(view(mapping.place()), entries, mapping.isFlow());
  }

  private Scalar key(Scalar key) {
    Scalar viewed = viewed(key);
    List<Marker> markers = markers(key, false);
    return markers.isEmpty() ? viewed : filled(viewed, markers);
  }

  /** The parameter that the scalar consists of, and nothing else. */
  private Optional<String> whole(Scalar scalar) {
    List<Marker> markers = markers(scalar, false);
    String text = scalar.text();
    boolean isWhole =
        markers.size() == 1
            && markers.getFirst().start() == 2
            && markers.getFirst().end() == text.length() - 1;
    return isWhole ? parameter(text.substring(2, text.length() - 1)) : Optional.empty();
  }

  /** The parameter that an expression consists of, or that was meant. */
  private Optional<String> parameter(String expression) {
    Matcher match = PARAMETER.matcher(expression);
    return match.matches() ? arguments.meant(match.group(1)) : Optional.empty();
  }

  private Optional<Node> scalar(Scalar scalar, boolean isCondition) {
    Optional<String> whole = whole(scalar);
    if (whole.isPresent()) {
      return arguments.find(whole.get()).filter(sizes::add);
    }
    Scalar viewed = viewed(scalar);
    List<Marker> markers = markers(scalar, isCondition);
    boolean isTouched =
        markers.stream()
            .map(marker -> scalar.text().substring(marker.start(), marker.end()))
            .anyMatch(text -> !Expressions.references(text, "param").isEmpty());
    return Optional.of(isTouched ? filled(viewed, markers) : viewed);
  }

  private Scalar filled(Scalar scalar, List<Marker> markers) {
    String text = scalar.text();
    var filled = new FilledText(scalar);
    int at = 0;
    for (Marker marker : markers) {
      if (!sizes.isText(filled.text())) {
        break;
      }
      String expression = text.substring(marker.start(), marker.end());
      boolean isMarker = marker.start() >= 2 && text.startsWith("${", marker.start() - 2);
      Optional<String> name = isMarker ? parameter(expression) : Optional.empty();
      if (isMarker && PARAMETER.matcher(expression).matches()) {
        filled.keep(at, marker.start() - 2);
        filled.replace(
            marker.start() - 2,
            marker.end() + 1,
            name.map(found -> inText(found, scalar, marker)).orElse(""),
            new FilledText.Argument(name.flatMap(arguments::find), true));
        at = marker.end() + 1;
        continue;
      }
      for (Reference reference : Expressions.references(expression, "param")) {
        int start = marker.start() + reference.start();
        int end = marker.start() + reference.end();
        Optional<String> meant = arguments.meant(reference.field());
        filled.keep(at, start);
        filled.replace(
            start,
            end,
            meant.map(found -> inExpression(found, scalar.part(start, end))).orElse(UNKNOWN),
            new FilledText.Argument(meant.flatMap(arguments::find), false));
        at = end;
      }
    }
    filled.keep(at, text.length());
    Source source = scalar.place().source().filledAs(filled);
    return new Scalar(
        new Place(source, scalar.place().start(), scalar.place().end()),
        filled.text(),
        scalar.style() == Style.PLAIN ? Style.DOUBLE_QUOTED : scalar.style(),
        Optional.empty());
  }

  private String inText(String name, Scalar scalar, Marker marker) {
    Optional<Node> node = arguments.find(name);
    if (node.isEmpty() || node.get() instanceof Scalar) {
      return node.map(found -> ((Scalar) found).text()).orElse("");
    }
    diagnostics
        .error(
            Code.PARAMETER_PLACE,
            scalar.part(marker.start() - 2, marker.end() + 1),
            "`param." + name + "` cannot stand in a text")
        .label("its argument is " + node.get().kind());
    return "";
  }

  private String inExpression(String name, Place place) {
    TemplateArguments.Written written = arguments.written(name);
    if (!written.problem().isEmpty()) {
      diagnostics
          .error(Code.PARAMETER_PLACE, place, "`param." + name + "` cannot stand in an expression")
          .label(written.problem());
      return UNKNOWN;
    }
    return written.text();
  }

  private Scalar viewed(Scalar scalar) {
    return new Scalar(view(scalar.place()), scalar.text(), scalar.style(), scalar.tag());
  }

  private Place view(Place place) {
    return new Place(
        views.computeIfAbsent(place.source(), source -> source.usedFor(use)),
        place.start(),
        place.end());
  }
}
