package io.unikernal.udl;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.udl.DefinitionTest.Expect;
import io.unikernal.udl.DefinitionTest.Failure;
import io.unikernal.udl.DefinitionTest.Mock;
import io.unikernal.udl.DefinitionTest.Send;
import io.unikernal.udl.DefinitionTest.Takes;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.SystemTable.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Makes tests of what stands beside a definition, checked against its systems and types. */
final class TestReader {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  static final long TIMES_MAX = 10_000_000;

  /** How many messages are made up where nothing else is said. */
  private static final long TIMES_ANY = 100;

  private final SystemTable systems;
  private final ExpressionReader expressions;
  private final Diagnostics diagnostics;
  private final TestScalars scalars;
  private final Map<String, Place> names = new HashMap<>();

  TestReader(SystemTable systems, ExpressionReader expressions, Diagnostics diagnostics) {
    this.systems = systems;
    this.expressions = expressions;
    this.diagnostics = diagnostics;
    scalars = new TestScalars(diagnostics);
  }

  List<DefinitionTest> read(List<Node> tests) {
    var all = new ArrayList<DefinitionTest>();
    tests.forEach(node -> test(node).ifPresent(all::add));
    return List.copyOf(all);
  }

  private Optional<DefinitionTest> test(Node node) {
    Optional<Mapping> mapping = Grammar.TEST.read(node, diagnostics);
    if (mapping.isEmpty()) {
      return Optional.empty();
    }
    int before = diagnostics.errors();
    Optional<Scalar> name = name(mapping.get());
    List<Mock> mocks = mocks(mapping.get());
    List<Send> sends = sends(mapping.get());
    Optional<Expect> expect = expect(mapping.get(), sends);
    if (diagnostics.errors() > before || name.isEmpty() || expect.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new DefinitionTest(
            name.get().text(),
            texts(mapping.get(), "env"),
            mocks,
            sends,
            expect.get(),
            mapping.get().place().origin()));
  }

  private Optional<Scalar> name(Mapping test) {
    Optional<Node> node = test.get("name");
    if (node.isEmpty()) {
      diagnostics
          .error(Code.MISSING_KEY, test.place(), "a test needs `name`")
          .write("name: what must hold, as a sentence");
      return Optional.empty();
    }
    Optional<Scalar> name = scalars.text(node.get(), "`name`");
    name.ifPresent(found -> {
      Place first = names.putIfAbsent(found.text(), found.place());
      if (first != null) {
        diagnostics
            .error(Code.DUPLICATE_NAME, found.place(), "there is a test of this name already")
            .label("the first is in " + first);
      }
    });
    return name;
  }

  private Map<String, String> texts(Mapping mapping, String key) {
    var texts = new LinkedHashMap<String, String>();
    mapping
        .get(key)
        .filter(node -> !node.isNull())
        .flatMap(node -> Vocabulary.mapping(node, "`" + key + "`", diagnostics))
        .ifPresent(found -> {
          for (Entry entry : found.entries()) {
            boolean isVariable = !key.equals("env") || VARIABLE.matcher(entry.name()).matches();
            if (!isVariable) {
              scalars.wrong(entry.key(), "a variable has letters, digits and `_`");
            }
            scalars
                .text(entry.value(), "`" + entry.name() + "`")
                .ifPresent(text -> texts.put(entry.name(), text.text()));
          }
        });
    return texts;
  }

  private List<Mock> mocks(Mapping test) {
    var mocks = new ArrayList<Mock>();
    test.get("mock")
        .filter(node -> !node.isNull())
        .flatMap(node -> Vocabulary.mapping(node, "`mock`", diagnostics))
        .ifPresent(found -> found.entries().forEach(entry -> mock(entry).ifPresent(mocks::add)));
    return List.copyOf(mocks);
  }

  private Optional<Mock> mock(Entry entry) {
    Optional<Operation> operation = operation(entry.key(), Direction.CALLED);
    int before = diagnostics.errors();
    Optional<Mapping> mapping = Grammar.MOCK.read(entry.value(), diagnostics);
    if (mapping.isEmpty() || diagnostics.errors() > before) {
      return Optional.empty();
    }
    if (mapping.get().entries().isEmpty()) {
      diagnostics
          .error(Code.TEST_VALUE, mapping.get().place(), "this mock does nothing")
          .label("it takes " + Suggestions.list(Grammar.MOCK.keys()));
    }
    boolean hangs = scalars.isTrue(mapping.get().get("hangs"), "`hangs`");
    if (hangs && mapping.get().entries().size() > 1) {
      diagnostics.error(
          Code.TEST_VALUE, mapping.get().place(), "what hangs never answers: `hangs` stands alone");
    }
    Optional<Failure> fails = mapping.get().get("fails").flatMap(this::failure);
    List<Takes> takes = mapping.get().get("takes").map(this::takes).orElse(List.of());
    Optional<Expression> returns =
        operation.flatMap(found -> returns(entry, mapping.get(), found, hangs, fails));
    return operation.map(
        found -> new Mock(found, returns, fails, takes, hangs, entry.key().place().origin()));
  }

  /**
   * What a mock answers; it may say nothing where the operation does, or where it never answers.
   */
  private Optional<Expression> returns(
      Entry entry, Mapping mock, Operation operation, boolean hangs, Optional<Failure> fails) {
    Optional<Node> node = mock.get("returns");
    Type output = operation.output();
    if (node.isEmpty()) {
      boolean isSilent =
          hangs
              || output == Type.Simple.NULL
              || output.isMaybe()
              || fails.filter(f -> f.after() == 0 && f.times().isEmpty()).isPresent();
      if (!isSilent) {
        diagnostics
            .error(
                Code.MISSING_KEY,
                entry.key().place(),
                "the mock of `" + operation.id() + "` needs `returns`")
            .label("the operation gives `" + output + "`");
      }
      return Optional.empty();
    }
    Variables variables = Variables.of(operation.input());
    return Optional.of(
        fit(node.get(), variables, output, "`" + operation.id() + "`", "gives", "the mock"));
  }

  private Expression fit(
      Node node, Variables variables, Type type, String who, String verb, String giver) {
    int before = diagnostics.errors();
    Expression value = expressions.read(node, variables, type);
    if (diagnostics.errors() > before) {
      return value;
    }
    return new Typing(diagnostics)
        .fit(
            new Typing.Edge(
                value, type, who, verb, giver, node.place(), Optional.of(node), variables));
  }

  private Optional<Failure> failure(Node node) {
    return Grammar.FAILS
        .read(node, diagnostics)
        .map(mapping -> {
          OptionalLong after = scalars.number(mapping.get("after"), "`after`", 0, TIMES_MAX);
          OptionalLong times = scalars.number(mapping.get("times"), "`times`", 1, TIMES_MAX);
          Fault.Code code = mapping.get("with").flatMap(this::code).orElse(Fault.Code.DISCONNECTED);
          return new Failure(after.orElse(0), times, code);
        });
  }

  Optional<Fault.Code> code(Node node) {
    Optional<Scalar> scalar = scalars.text(node, "the code of a fault");
    Optional<Fault.Code> code = scalar.flatMap(TestReader::find);
    List<String> known = Arrays.stream(Fault.Code.values()).map(Enum::name).toList();
    if (scalar.isPresent() && code.isEmpty()) {
      var finding =
          diagnostics
              .error(
                  Code.TEST_VALUE,
                  scalar.get().place(),
                  "there is no fault `" + scalar.get().text() + "`")
              .label(Suggestions.label(scalar.get().text(), known));
      Suggestions.closest(scalar.get().text(), known)
          .ifPresent(better -> finding.edit(scalar.get().place(), better));
    }
    return code;
  }

  private static Optional<Fault.Code> find(Scalar scalar) {
    return Arrays.stream(Fault.Code.values())
        .filter(code -> code.name().equals(scalar.text()))
        .findFirst();
  }

  /** All but the last hold for a while; a single one need not be a list. */
  private List<Takes> takes(Node node) {
    List<Node> items = node instanceof Sequence list ? list.items() : List.of(node);
    var takes = new ArrayList<Takes>();
    for (int i = 0; i < items.size(); i++) {
      Optional<Mapping> mapping = Grammar.TAKES.read(items.get(i), diagnostics);
      if (mapping.isEmpty()) {
        continue;
      }
      Optional<Duration> during = scalars.time(mapping.get().get("for"), "`for`");
      Optional<Duration> each = scalars.time(mapping.get().get("each"), "`each`");
      boolean isLast = i == items.size() - 1;
      if (mapping.get().get("each").isEmpty()) {
        diagnostics
            .error(Code.MISSING_KEY, mapping.get().place(), "`takes` needs `each`")
            .write("each: 20ms");
      }
      if (!isLast && mapping.get().get("for").isEmpty()) {
        diagnostics
            .error(
                Code.MISSING_KEY,
                mapping.get().place(),
                "what comes after this is never reached: it holds for ever without `for`")
            .write("for: 10s");
      }
      each.ifPresent(time -> takes.add(new Takes(during, time)));
    }
    return List.copyOf(takes);
  }

  private List<Send> sends(Mapping test) {
    Optional<Node> node = test.get("send");
    if (node.isEmpty() || node.get().isNull()) {
      diagnostics
          .error(Code.TEST_NOTHING, test.place(), "this test sends nothing")
          .write(
              "send: { to: "
                  + systems.operations(Direction.RECEIVES).stream().findFirst().orElse("…")
                  + ", input: { … } }");
      return List.of();
    }
    List<Node> items = node.get() instanceof Sequence list ? list.items() : List.of(node.get());
    var sends = new ArrayList<Send>();
    items.forEach(
        item -> Grammar.SEND.read(item, diagnostics).flatMap(this::send).ifPresent(sends::add));
    return List.copyOf(sends);
  }

  private Optional<Send> send(Mapping mapping) {
    Optional<Node> to = mapping.get("to");
    if (to.isEmpty()) {
      diagnostics.error(Code.MISSING_KEY, mapping.place(), "`send` needs `to`");
    }
    Optional<Operation> operation =
        to.flatMap(node -> scalars.text(node, "`to`"))
            .flatMap(name -> operation(name, Direction.RECEIVES));
    OptionalLong times = scalars.number(mapping.get("times"), "`times`", 1, TIMES_MAX);
    Optional<Duration> every = scalars.time(mapping.get("every"), "`every`");
    Map<String, String> headers = texts(mapping, "headers");
    boolean any = any(mapping);
    return operation.map(found ->
        new Send(
            found,
            any ? made(mapping) : input(mapping, found),
            any,
            times.orElse(any ? TIMES_ANY : 1),
            every.orElse(Duration.ZERO),
            headers,
            mapping.place().origin()));
  }

  /** What is neither true nor false is wrong, and probably meant as true. */
  private boolean any(Mapping send) {
    Optional<Node> node = send.get("any");
    return scalars.isTrue(node, "`any`")
        || node.filter(found -> found instanceof Scalar scalar && !scalar.text().equals("false"))
            .isPresent();
  }

  private Expression made(Mapping send) {
    send.find("input")
        .ifPresent(entry ->
            diagnostics
                .error(
                    Code.TEST_VALUE,
                    entry.key().place(),
                    "`any` makes the messages up: there is no `input` besides")
                .label("leave out the one or the other"));
    return CallSteps.nothing(Type.empty());
  }

  private Expression input(Mapping send, Operation source) {
    Variables variables = new Variables();
    variables.put("index", Type.Int.ANY_INT, Frame.INPUT, Optional.empty());
    Optional<Node> node = send.get("input");
    if (node.isPresent()) {
      return fit(
          node.get(), variables, source.input(), "`" + source.id() + "`", "receives", "`input`");
    }
    Type input = source.input();
    boolean isNothing =
        input == Type.Simple.NULL
            || input == Type.Simple.ANY
            || (input.core() instanceof Type.Record record
                && record.fields().stream().noneMatch(Type.Field::isRequired));
    if (!isNothing) {
      diagnostics
          .error(Code.MISSING_KEY, send.place(), "`send` to `" + source.id() + "` needs `input`")
          .label("the operation receives `" + input + "`");
    }
    return CallSteps.nothing(input);
  }

  private Optional<Expect> expect(Mapping test, List<Send> sends) {
    Optional<Node> node = test.get("expect").filter(found -> !found.isNull());
    boolean isEmpty = node.isEmpty() || node.get() instanceof Mapping m && m.entries().isEmpty();
    if (isEmpty && sends.stream().anyMatch(Send::any)) {
      // That nothing fails inside, and that the books balance, is enough to expect.
      return Optional.of(Expect.nothing(test.place().origin()));
    }
    if (isEmpty) {
      diagnostics
          .error(Code.TEST_NOTHING, test.place(), "this test expects nothing, so it cannot fail")
          .write("expect: { replies: { status: 200 } }");
      return Optional.empty();
    }
    return Grammar.EXPECT
        .read(node.get(), diagnostics)
        .map(found -> new ExpectReader(this, scalars, diagnostics).read(found, sends));
  }

  /** The operation of the name and direction; empty and reported if there is none. */
  Optional<Operation> operation(Scalar name, Direction direction) {
    String text = name.text();
    int dot = text.indexOf('.');
    if (dot < 0) {
      unknown(name, "here stands `system.operation`, and not `" + text + "`", direction);
      return Optional.empty();
    }
    return switch (systems.find(text.substring(0, dot), text.substring(dot + 1))) {
      case Found.Known(var op, var _) when op.operation().direction() == direction ->
          Optional.of(op.operation());
      case Found.Known _ -> {
        unknown(
            name,
            direction == Direction.CALLED
                ? "`" + text + "` receives: only what is called can be mocked and counted"
                : "`" + text + "` is called: nothing can be sent from it",
            direction);
        yield Optional.empty();
      }
      case Found.Silent() -> Optional.empty();
      case Found.NoSystem(var system) -> {
        unknown(name, "there is no system `" + system + "`", direction);
        yield Optional.empty();
      }
      case Found.NoOperation(var system, var operation) -> {
        unknown(name, "`" + system.name() + "` has no operation `" + operation + "`", direction);
        yield Optional.empty();
      }
    };
  }

  private void unknown(Scalar name, String message, Direction direction) {
    List<String> known = systems.operations(direction);
    var finding =
        diagnostics
            .error(Code.TEST_OPERATION, name.place(), message)
            .label(Suggestions.label(name.text(), known));
    Suggestions.closest(name.text(), known).ifPresent(better -> finding.edit(name.place(), better));
  }
}
