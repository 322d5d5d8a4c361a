package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.model.Effect;
import io.unikernal.model.Expression;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.SmartTarget.By;
import io.unikernal.model.SmartTarget.Canary;
import io.unikernal.model.SmartTarget.Hedge;
import io.unikernal.model.SmartTarget.Member;
import io.unikernal.model.SmartTarget.Slots;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PipelineReader.Call;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.TargetReader.Given;
import io.unikernal.udl.TargetReader.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how {@code choose} chooses among the members of a target. */
final class ChoiceReader {
  private static final double PERCENT_MAX = 100;
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)\\s*%?");
  private static final Pattern PERCENTILE = Pattern.compile("p([0-9]{1,3}(?:\\.[0-9]{1,3})?)");
  private static final double PERCENTILE_MIN = 50;
  private static final double PERCENTILE_MAX = 99.9;

  private static final Pattern LITERAL = Pattern.compile("'([^'\\\\\\n]*)'|\"([^\"\\\\\\n]*)\"");

  private static final Pattern OPERATION = Pattern.compile("[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*");

  private final Tools tools;
  private final Given given;
  private final Slots slots;
  private final Type joined;
  private final Diagnostics diagnostics;

  ChoiceReader(Tools tools, Given given, Slots slots, Type joined) {
    this.tools = tools;
    this.given = given;
    this.slots = slots;
    this.joined = joined;
    this.diagnostics = tools.diagnostics();
  }

  SmartTarget read(
      Several several,
      List<Member> members,
      List<Call> calls,
      Optional<Part> shadow,
      List<Part> trials) {
    Mapping mapping = several.mapping();
    List<String> names = several.names();
    SequencedMap<String, Double> weights = numbers(mapping, "weights", names);
    SequencedMap<String, Double> costs = numbers(mapping, "costs", names);
    By by = by(mapping);
    checkNeeds(mapping, by, names, costs);
    Optional<Expression> key = mapping.get("key").map(node -> given.reader().apply(node, any()));
    Optional<Expression> prefer = mapping.get("prefer").map(node -> prefer(node, names));
    Optional<Hedge> hedge = mapping.get("hedge").flatMap(node -> hedge(node, calls));
    Optional<Member> copy = shadow.map(this::trial);
    List<Canary> canaries = canaries(mapping, trials);
    return new SmartTarget.Choose(
        members, by, weights, costs, key, prefer, hedge, copy, canaries, slots);
  }

  private static Type any() {
    return Type.Simple.ANY;
  }

  private By by(Mapping mapping) {
    Optional<Scalar> written =
        mapping.get("by").flatMap(node -> Vocabulary.text(node, "`by`", diagnostics));
    if (written.isEmpty()) {
      return mapping.get("weights").isPresent() ? By.WEIGHTED : By.ADAPTIVE;
    }
    String text = written.get().text();
    Optional<By> found =
        Arrays.stream(By.values()).filter(way -> way.toString().equals(text)).findFirst();
    if (found.isEmpty()) {
      var finding =
          diagnostics
              .error(Code.TARGET_VALUE, written.get().place(), "`by` knows no way `" + text + "`")
              .label(Suggestions.label(text, TargetReader.WAYS));
      Suggestions.closest(text, TargetReader.WAYS)
          .ifPresent(better -> finding.edit(written.get().place(), better));
    }
    return found.orElse(By.ADAPTIVE);
  }

  /** A way that goes by something needs it, and what only one way reads is of no use to others. */
  private void checkNeeds(
      Mapping mapping, By by, List<String> names, SequencedMap<String, Double> costs) {
    String example = names.isEmpty() ? "eu.price" : names.getFirst();
    if (mapping.get("by").isPresent()) {
      Place place = mapping.get("by").orElseThrow().place();
      needs(mapping, by == By.WEIGHTED, "weights", "weights: { " + example + ": 3 }", place);
      needs(mapping, by == By.COST, "costs", "costs: { " + example + ": 1 }", place);
      needs(mapping, by == By.STICKY, "key", "key: ${auth.name}", place);
    }
    useless(mapping, "costs", by == By.COST, "cost");
    useless(mapping, "key", by == By.STICKY, "sticky");
    if (by == By.COST && !costs.isEmpty()) {
      names.stream()
          .filter(name -> !costs.containsKey(name))
          .findFirst()
          .ifPresent(name ->
              diagnostics
                  .error(
                      Code.TARGET_KEY,
                      mapping.find("costs").orElseThrow().key().place(),
                      "what `" + name + "` costs is not written")
                  .write(name + ": 1")
                  .insert(mapping.get("costs"), name + ": 1"));
    }
  }

  private void needs(Mapping mapping, boolean isNeeded, String key, String example, Place place) {
    if (isNeeded && mapping.get(key).isEmpty()) {
      diagnostics
          .error(Code.TARGET_KEY, place, "`by: " + place.text() + "` needs `" + key + "`")
          .write(example)
          .insert(Optional.of(mapping), example.contains("${") ? "" : example);
    }
  }

  private void useless(Mapping mapping, String key, boolean isUsed, String way) {
    if (!isUsed) {
      mapping
          .find(key)
          .ifPresent(entry ->
              diagnostics
                  .error(
                      Code.TARGET_KEY,
                      entry.key().place(),
                      "`" + key + "` is read by `by: " + way + "` alone")
                  .write("by: " + way));
    }
  }

  /** Positive numbers by member. */
  private SequencedMap<String, Double> numbers(Mapping mapping, String key, List<String> names) {
    SequencedMap<String, Double> numbers = new LinkedHashMap<>();
    Optional<Mapping> written =
        mapping.get(key).flatMap(node -> Vocabulary.mapping(node, "`" + key + "`", diagnostics));
    for (Entry entry : written.map(Mapping::entries).orElse(List.of())) {
      if (!names.contains(entry.name())) {
        notMember(entry.key().place(), entry.name(), names);
      }
      Optional<Double> number = number(entry.value());
      if (number.isEmpty() || number.get() < 0) {
        diagnostics.error(
            Code.TARGET_VALUE,
            entry.value().place(),
            "`" + key + "` holds numbers of 0 and more, one for each member");
      } else {
        numbers.put(entry.name(), number.get());
      }
    }
    boolean isNothing =
        key.equals("weights")
            && !numbers.isEmpty()
            && numbers.values().stream().allMatch(number -> number == 0)
            && numbers.keySet().containsAll(names);
    if (isNothing) {
      diagnostics.error(
          Code.TARGET_VALUE,
          mapping.find(key).orElseThrow().key().place(),
          "all weights are 0: no member is ever chosen");
    }
    return numbers;
  }

  private static Optional<Double> number(Node node) {
    if (!(node instanceof Scalar scalar) || scalar.isNull()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Double.valueOf(scalar.text())).filter(Double::isFinite);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private void notMember(Place place, String name, List<String> names) {
    var finding =
        diagnostics
            .error(Code.NOT_A_MEMBER, place, "`" + name + "` is no member of this target")
            .label(Suggestions.label(name, names));
    Suggestions.closest(name, names).ifPresent(better -> finding.edit(place, better));
  }

  private Expression prefer(Node node, List<String> names) {
    int before = diagnostics.errors();
    Expression prefer = given.reader().apply(node, Type.Text.ANY_TEXT);
    if (diagnostics.errors() > before) {
      return prefer;
    }
    if (node instanceof Scalar scalar) {
      checkLiterals(scalar, names);
    }
    return tools
        .typing()
        .fit(
            new Typing.Edge(
                prefer,
                Type.Text.ANY_TEXT,
                "`prefer`",
                "needs",
                "it",
                node.place(),
                Optional.of(node),
                given.variables()));
  }

  /** Texts that are results, as far as that can be seen, are names of members or empty. */
  private void checkLiterals(Scalar scalar, List<String> names) {
    String text = scalar.text();
    if (!text.contains("${")) {
      if (!text.isEmpty() && !names.contains(text)) {
        notMember(scalar.place(), text, names);
      }
      return;
    }
    int start = text.indexOf("${") + 2;
    int end = text.endsWith("}") ? text.length() - 1 : text.length();
    Matcher literal = LITERAL.matcher(text).region(start, Math.max(start, end));
    while (literal.find()) {
      int group = literal.group(1) == null ? 2 : 1;
      String name = literal.group(group);
      String before = text.substring(start, literal.start()).stripTrailing();
      String after = text.substring(literal.end(), Math.max(literal.end(), end)).stripLeading();
      boolean isResult =
          (before.isEmpty() || before.endsWith("?") || before.endsWith(":"))
              && (after.isEmpty() || after.startsWith(":"));
      boolean isNamed = isResult && !name.isEmpty() || OPERATION.matcher(name).matches();
      if (isNamed && !names.contains(name)) {
        notMember(scalar.part(literal.start(group), literal.end(group)), name, names);
      }
    }
  }

  private Optional<Hedge> hedge(Node node, List<Call> calls) {
    Optional<Scalar> scalar = Vocabulary.text(node, "`hedge`", diagnostics);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    Optional<Hedge> hedge = hedge(scalar.get().text());
    if (hedge.isEmpty()) {
      diagnostics
          .error(
              Code.TARGET_VALUE,
              node.place(),
              "`hedge` is a percentile from p50 to p99.9 or a time, not `"
                  + scalar.get().text()
                  + "`")
          .write("hedge: p95")
          .edit(scalar.get().place(), "p95");
    }
    calls.stream()
        .filter(call -> !isSafe(call.effect()))
        .findFirst()
        .ifPresent(call ->
            diagnostics
                .error(
                    Code.HEDGE_EFFECT,
                    node.place(),
                    "a hedge may run `"
                        + call.op().operation().id()
                        + "` twice, and its effect is `"
                        + call.effect()
                        + "`")
                .label("only what reads or is idempotent can be hedged")
                .write(call.op().operation().name() + ": { …, effect: idempotent }"));
    return hedge;
  }

  private static boolean isSafe(Effect effect) {
    return effect.kind() == Effect.Kind.READS || effect.kind() == Effect.Kind.IDEMPOTENT;
  }

  private static Optional<Hedge> hedge(String text) {
    Matcher percentile = PERCENTILE.matcher(text);
    if (percentile.matches()) {
      double at = Double.parseDouble(percentile.group(1));
      return at >= PERCENTILE_MIN && at <= PERCENTILE_MAX
          ? Optional.of(new Hedge.AtPercentile(at))
          : Optional.empty();
    }
    return Quantities.duration(text).filter(Duration::isPositive).map(Hedge.After::new);
  }

  private List<Canary> canaries(Mapping mapping, List<Part> trials) {
    Optional<Mapping> written =
        mapping.get("canary").flatMap(node -> Vocabulary.mapping(node, "`canary`", diagnostics));
    var canaries = new ArrayList<Canary>();
    double sum = 0;
    for (Entry entry : written.map(Mapping::entries).orElse(List.of())) {
      Optional<Double> percent = percent(entry.value());
      if (percent.isEmpty()) {
        diagnostics
            .error(Code.TARGET_VALUE, entry.value().place(), "a share goes from 0% to 100%")
            .write(entry.name() + ": 5%")
            .edit(entry.value().place(), "5%");
        continue;
      }
      sum += percent.get();
      double share = percent.get();
      trials.stream()
          .filter(part -> part.name().equals(entry.name()))
          .findFirst()
          .ifPresent(part -> canaries.add(new Canary(trial(part), share)));
    }
    if (sum > PERCENT_MAX) {
      diagnostics.error(
          Code.TARGET_VALUE,
          mapping.find("canary").orElseThrow().key().place(),
          "the shares are more than 100% together");
    }
    return List.copyOf(canaries);
  }

  private static Optional<Double> percent(Node node) {
    if (!(node instanceof Scalar scalar)) {
      return Optional.empty();
    }
    Matcher match = PERCENT.matcher(scalar.text());
    return match.matches()
        ? Optional.of(Double.valueOf(match.group(1))).filter(percent -> percent <= PERCENT_MAX)
        : Optional.empty();
  }

  /** One on trial: its answer must be as the members'. */
  private Member trial(Part part) {
    Expression answer =
        Expressions.variable(new Scope.Variable("answer", part.output(), slots.answered()));
    Expression fitted =
        tools
            .typing()
            .fit(
                new Typing.Edge(
                    answer,
                    joined,
                    "each member",
                    "gives",
                    "`" + part.name() + "`",
                    part.place(),
                    Optional.empty(),
                    given.variables()));
    return new Member(part.name(), part.target(), part.with(), fitted, part.policies());
  }
}
