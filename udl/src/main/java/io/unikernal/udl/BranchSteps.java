package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Policy;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Answers.State;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.StepReader.Block;
import io.unikernal.udl.StepReader.Context;
import io.unikernal.udl.StepReader.Made;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps of which some are run: {@code choose}, {@code try}. */
final class BranchSteps {
  private final StepReader steps;
  private final Tools tools;
  private final List<Open> open = new ArrayList<>();

  BranchSteps(StepReader steps) {
    this.steps = steps;
    this.tools = steps.tools;
  }

  /** A `choose` that may give nothing. */
  private record Open(int slot, Place place) {}

  Made choose(Context context, Node node) {
    List<Node> nodes = Vocabulary.list(node, "`choose`", tools.diagnostics());
    if (nodes.isEmpty()) {
      if (!(node instanceof Sequence) && !node.isNull()) {
        return steps.lost(context);
      }
      tools
          .diagnostics()
          .error(Code.CHOOSE_FORM, context.keyPlace("choose"), "`choose` has no case")
          .write("choose:\n  - when: …\n    steps: [ … ]\n  - otherwise: [ … ]");
      return steps.lost(context);
    }
    int mark = steps.callCount();
    var cases = new ArrayList<Branch>();
    var fork = new Fork();
    for (int i = 0; i < nodes.size(); i++) {
      fork.begin();
      boolean isLast = i == nodes.size() - 1;
      Optional<Branch> branch = branch(context, nodes.get(i), i, isLast);
      branch.ifPresent(cases::add);
      fork.end();
    }
    boolean isTotal = cases.stream().anyMatch(branch -> branch.when().isEmpty());
    fork.join(isTotal);
    List<Policy> policies = steps.policies(context, StepKind.CHOOSE, mark);
    Type joined = Joins.join(cases.stream().map(branch -> branch.value().type()).toList());
    Type type = isTotal ? joined : StepReader.maybe(joined);
    List<Step.Case> made =
        cases.stream()
            .map(
                branch -> new Step.Case(branch.when(), branch.steps(), fit(branch.value(), joined)))
            .toList();
    Made step =
        steps.finish(
            context, policies, type, Optional.empty(), head -> new Step.Choose(head, made));
    if (!isTotal && joined != Type.Simple.NULL && cases.size() == nodes.size()) {
      int slot = step.steps().getFirst().head().slot();
      open.add(new Open(slot, context.keyPlace("choose")));
    }
    return step;
  }

  private record Branch(Optional<Expression> when, List<Step> steps, Expression value) {}

  private static Expression fit(Expression value, Type joined) {
    return Expressions.fit(value, joined, "the value");
  }

  /** Empty if the case has no form, which is reported; its steps are read all the same. */
  private Optional<Branch> branch(Context context, Node node, int at, boolean isLast) {
    int before = tools.diagnostics().errors();
    Optional<Mapping> found = Grammar.CASE.read(node, tools.diagnostics());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Mapping mapping = found.get();
    // Of a case with a key that is none, nothing is said to be missing.
    boolean isKnown = tools.diagnostics().errors() == before;
    boolean isGood = isKnown && checkForm(mapping, isLast);
    Optional<Node> when = mapping.get("when");
    Optional<Node> otherwise = mapping.get("otherwise");
    Optional<Expression> condition =
        when.flatMap(text -> steps.condition("when", text, context.variables()));
    List<Node> nodes =
        otherwise
            .or(() -> mapping.get("steps"))
            .map(list -> Vocabulary.list(list, "`steps`", tools.diagnostics()))
            .orElse(List.of());
    Block block =
        steps.local(
            context,
            "choose",
            "choose[" + at + "]",
            nodes,
            context.variables().copy(),
            context.nest().branch("choose"));
    boolean isCondition = when.isPresent() && condition.isEmpty();
    return isGood
        ? Optional.of(
            new Branch(
                isCondition ? Optional.of(ExpressionReader.unknown()) : condition,
                block.steps(),
                block.last()))
        : Optional.empty();
  }

  /** Whether a case has a condition and steps, or is the last and stands for all others. */
  private boolean checkForm(Mapping mapping, boolean isLast) {
    Diagnostics diagnostics = tools.diagnostics();
    Optional<Node.Entry> otherwise = mapping.find("otherwise");
    if (otherwise.isPresent()) {
      Optional<Node.Entry> beside = mapping.find("when").or(() -> mapping.find("steps"));
      beside.ifPresent(entry ->
          diagnostics.error(
              Code.CHOOSE_FORM,
              entry.key().place(),
              "`otherwise` holds steps and stands alone: there is no `"
                  + entry.name()
                  + "` beside it"));
      if (beside.isEmpty() && !isLast) {
        diagnostics
            .error(
                Code.CHOOSE_FORM,
                otherwise.get().key().place(),
                "no case after `otherwise` is ever taken")
            .label("put it last");
      }
      return beside.isEmpty() && isLast;
    }
    if (mapping.get("when").isEmpty()) {
      diagnostics
          .error(Code.CHOOSE_FORM, mapping.place(), "this case has no `when`")
          .write(isLast ? "otherwise: [ … ]" : "when: …");
      return false;
    }
    if (mapping.get("steps").isEmpty()) {
      diagnostics
          .error(Code.CHOOSE_FORM, mapping.place(), "this case has no `steps`")
          .write("steps:\n  - { system: … }");
      return false;
    }
    return true;
  }

  /** Branches of which one is taken: what each reads and answers is no matter of the others. */
  private final class Fork {
    private final Map<String, Place> before = steps.uses.streams();
    private final Map<String, Place> after = new HashMap<>(before);
    private final State stateBefore = steps.answers.state();
    private Optional<State> stateAfter = Optional.empty();

    void begin() {
      steps.uses.setStreams(before);
      steps.answers.setState(stateBefore);
    }

    void end() {
      after.putAll(steps.uses.streams());
      State state = steps.answers.state();
      stateAfter = Optional.of(stateAfter.map(known -> Answers.join(known, state)).orElse(state));
    }

    /** {@code isTotal}: one of them is always taken. */
    void join(boolean isTotal) {
      steps.uses.setStreams(after);
      State state = stateAfter.orElse(stateBefore);
      steps.answers.setState(isTotal ? state : Answers.join(state, stateBefore));
    }
  }

  Made attempt(Context context, Node node) {
    List<Node> nodes = Vocabulary.list(node, "`try`", tools.diagnostics());
    if (nodes.isEmpty() && (node instanceof Sequence || node.isNull())) {
      tools
          .diagnostics()
          .error(Code.MISSING_KEY, context.keyPlace("try"), "`try` has no steps")
          .write("try:\n  - { system: … }");
    }
    Optional<Node> handler = context.get("catch");
    if (handler.isEmpty()) {
      tools
          .diagnostics()
          .error(Code.MISSING_KEY, context.keyPlace("try"), "`try` needs `catch`")
          .label("without it a failure goes on as everywhere")
          .write("catch:\n  - { set: … }");
    }
    int mark = steps.callCount();
    State before = steps.answers.state();
    Block tried =
        steps.local(
            context, "try", "try", nodes, context.variables().copy(), context.nest().branch("try"));
    State answered = steps.answers.state();
    steps.answers.setState(answered == before ? before : State.MAYBE);
    Variables after = tried.variables().afterError(context.variables());
    List<Fault.Code> codes = List.of();
    List<Node> caught = List.of();
    if (handler.orElse(null) instanceof Mapping mapping) {
      Grammar.CATCH.check(mapping, tools.diagnostics());
      codes = mapping.get("on").map(this::codes).orElse(List.of());
      caught =
          mapping
              .get("steps")
              .map(list -> Vocabulary.list(list, "`steps`", tools.diagnostics()))
              .orElse(List.of());
    } else if (handler.isPresent()) {
      caught = Vocabulary.list(handler.get(), "`catch`", tools.diagnostics());
    }
    Block block =
        steps.local(context, "catch", "catch", caught, after, context.nest().branch("catch"));
    steps.hide(context, "try", tried);
    steps.answers.setState(Answers.join(answered, steps.answers.state()));
    Expression recovered =
        caught.isEmpty() ? Expressions.constant(Value.Null.NULL, Type.Simple.NULL) : block.last();
    List<Policy> policies = steps.policies(context, StepKind.TRY, mark);
    if (handler.isEmpty()) {
      return steps.lost(context);
    }
    Type joined = Joins.join(List.of(tried.last().type(), recovered.type()));
    var made = new Step.Catch(codes, block.steps(), fit(recovered, joined));
    return steps.finish(
        context,
        policies,
        joined,
        Optional.empty(),
        head -> new Step.Try(head, tried.steps(), fit(tried.last(), joined), made));
  }

  private List<Fault.Code> codes(Node node) {
    List<Node> items = node instanceof Sequence sequence ? sequence.items() : List.of(node);
    var codes = new ArrayList<Fault.Code>();
    for (Node item : items) {
      Vocabulary.text(item, "`on`", tools.diagnostics())
          .ifPresent(scalar -> code(scalar).ifPresent(codes::add));
    }
    return List.copyOf(codes);
  }

  private Optional<Fault.Code> code(Scalar scalar) {
    Optional<Fault.Code> found =
        Arrays.stream(Fault.Code.values())
            .filter(code -> code.name().equals(scalar.text()))
            .findFirst();
    if (found.isEmpty()) {
      List<String> known = Arrays.stream(Fault.Code.values()).map(Enum::name).toList();
      var finding =
          tools
              .diagnostics()
              .error(Code.STEP_OPTION, scalar.place(), "there is no fault `" + scalar.text() + "`")
              .label(Suggestions.label(scalar.text(), known));
      Suggestions.closest(scalar.text(), known)
          .ifPresent(better -> finding.edit(scalar.place(), better));
    }
    return found;
  }

  /** Warns of each `choose` that may give nothing though its value is used. */
  void warnUnanswered() {
    for (Open choose : open) {
      steps
          .uses
          .of(choose.slot())
          .ifPresent(use ->
              tools
                  .diagnostics()
                  .warning(
                      Code.CHOOSE_OPEN,
                      choose.place(),
                      "this gives nothing where no `when` is true, and its value is used")
                  .label("in line " + use.span().line())
                  .write("- otherwise: [ … ]"));
    }
  }
}
