package io.unikernal.udl;

import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.udl.DefinitionTest.Calls;
import io.unikernal.udl.DefinitionTest.Count;
import io.unikernal.udl.DefinitionTest.Expect;
import io.unikernal.udl.DefinitionTest.Replies;
import io.unikernal.udl.DefinitionTest.Send;
import io.unikernal.udl.DefinitionTest.Share;
import io.unikernal.udl.DefinitionTest.Span;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads what a test expects. */
final class ExpectReader {
  private static final int STATUS_MIN = 100;
  private static final int STATUS_MAX = 599;

  private final TestReader tests;
  private final TestScalars scalars;
  private final Diagnostics diagnostics;

  ExpectReader(TestReader tests, TestScalars scalars, Diagnostics diagnostics) {
    this.tests = tests;
    this.scalars = scalars;
    this.diagnostics = diagnostics;
  }

  Expect read(Mapping mapping, List<Send> sends) {
    var faults = new LinkedHashMap<Fault.Code, Count>();
    Optional<Count> errors = mapping.get("errors").flatMap(node -> errors(node, faults));
    return new Expect(
        mapping.get("replies").flatMap(node -> replies(node, sends)),
        mapping.get("calls").map(this::calls).orElse(List.of()),
        mapping.get("share").map(this::shares).orElse(List.of()),
        scalars.count(mapping.get("dead_letters"), "`dead_letters`"),
        scalars.count(mapping.get("dropped"), "`dropped`"),
        errors,
        faults,
        scalars.span(mapping.get("time"), "`time`"),
        mapping.place().origin());
  }

  private Optional<Replies> replies(Node node, List<Send> sends) {
    return Grammar.REPLIES
        .read(node, diagnostics)
        .map(mapping -> {
          OptionalLong status =
              scalars.number(mapping.get("status"), "`status`", STATUS_MIN, STATUS_MAX);
          Map<Integer, Span> quantiles = new LinkedHashMap<>();
          for (int percent : List.of(50, 90, 95, 99)) {
            String key = "p" + percent;
            scalars
                .span(mapping.get(key), "`" + key + "`")
                .ifPresent(span -> quantiles.put(percent, span));
          }
          Type body = body(sends);
          return new Replies(
              status.isPresent() ? OptionalInt.of((int) status.getAsLong()) : OptionalInt.empty(),
              scalars.bounds(mapping, "`replies`"),
              quantiles,
              mapping.get("body").map(found -> new PatternReader(diagnostics).read(found, body)),
              mapping.place().origin());
        });
  }

  /** What the sources that are sent to answer; anything where they differ. */
  private static Type body(List<Send> sends) {
    List<Type> types = sends.stream().map(send -> send.to().output()).distinct().toList();
    return types.size() == 1 ? types.getFirst() : Type.Simple.ANY;
  }

  private List<Calls> calls(Node node) {
    var calls = new ArrayList<Calls>();
    Vocabulary.mapping(node, "`calls`", diagnostics)
        .ifPresent(mapping -> {
          for (Entry entry : mapping.entries()) {
            calls(entry).ifPresent(calls::add);
          }
        });
    return List.copyOf(calls);
  }

  private Optional<Calls> calls(Entry entry) {
    Optional<Operation> operation = tests.operation(entry.key(), Direction.CALLED);
    Place place = entry.key().place();
    if (!(entry.value() instanceof Mapping)) {
      Optional<Count> count = scalars.count(Optional.of(entry.value()), "`" + entry.name() + "`");
      return operation.map(found -> new Calls(found, count, Optional.empty(), place.origin()));
    }
    Optional<Mapping> mapping = Grammar.CALLS.read(entry.value(), diagnostics);
    Optional<Count> count = mapping.flatMap(m -> scalars.bounds(m, "`" + entry.name() + "`"));
    Type input = operation.map(Operation::input).orElse(Type.Simple.ANY);
    Optional<ValuePattern> with =
        mapping
            .flatMap(found -> found.get("with"))
            .map(found -> new PatternReader(diagnostics).read(found, input));
    return operation.map(found -> new Calls(found, count, with, place.origin()));
  }

  private List<Share> shares(Node node) {
    List<Node> items = node instanceof Sequence list ? list.items() : List.of(node);
    var shares = new ArrayList<Share>();
    for (Node item : items) {
      Grammar.SHARE.read(item, diagnostics).flatMap(this::share).ifPresent(shares::add);
    }
    return List.copyOf(shares);
  }

  private Optional<Share> share(Mapping mapping) {
    if (mapping.get("of").isEmpty()) {
      diagnostics.error(Code.MISSING_KEY, mapping.place(), "a share needs `of`");
    }
    Optional<Operation> of =
        mapping
            .get("of")
            .flatMap(node -> scalars.text(node, "`of`"))
            .flatMap(name -> tests.operation(name, Direction.CALLED));
    Optional<Duration> from = scalars.time(mapping.get("from"), "`from`");
    Optional<Duration> to = scalars.time(mapping.get("to"), "`to`");
    Optional<Double> above = scalars.share(mapping.get("above"), "`above`");
    Optional<Double> below = scalars.share(mapping.get("below"), "`below`");
    if (mapping.get("above").isEmpty() && mapping.get("below").isEmpty()) {
      diagnostics
          .error(Code.TEST_NOTHING, mapping.place(), "this share is not compared with anything")
          .write("above: 0.5");
    }
    Duration start = from.orElse(Duration.ZERO);
    if (to.isPresent() && to.get().compareTo(start) <= 0) {
      mapping
          .get("to")
          .ifPresent(
              node -> diagnostics.error(Code.TEST_VALUE, node.place(), "`to` comes before `from`"));
    }
    return of.map(found -> new Share(found, start, to, above, below, mapping.place().origin()));
  }

  /** A count of all, or counts by the fault's code. */
  private Optional<Count> errors(Node node, Map<Fault.Code, Count> faults) {
    boolean isByCode =
        node instanceof Mapping mapping
            && mapping.entries().stream()
                .noneMatch(entry -> Grammar.BOUNDS.keys().contains(entry.name()));
    if (!isByCode) {
      return scalars.count(Optional.of(node), "`errors`");
    }
    for (Entry entry : ((Mapping) node).entries()) {
      Scalar key = entry.key();
      Optional<Count> count = scalars.count(Optional.of(entry.value()), "`" + key.text() + "`");
      tests.code(key).ifPresent(code -> count.ifPresent(found -> faults.put(code, found)));
    }
    return Optional.empty();
  }
}
