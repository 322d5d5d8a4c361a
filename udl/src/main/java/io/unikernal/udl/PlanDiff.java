package io.unikernal.udl;

import io.unikernal.model.Assign;
import io.unikernal.model.Assign.Verdict;
import io.unikernal.model.Config;
import io.unikernal.model.Field;
import io.unikernal.model.Json;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Route;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What would change between two plans, and what each change means, by {@link ChangeRule}. */
public final class PlanDiff {
  private static final int DEPTH_MAX = 8;

  /** What an open system does not know of. */
  private static final Set<String> ASIDE =
      Set.of(
          ChangeRule.SYSTEM_POLICY.name(),
          ChangeRule.SYSTEM_CLEARANCE.name(),
          ChangeRule.OPERATION_DOC.name(),
          ChangeRule.OPERATION_EFFECT.name());

  private final Plan before;
  private final Plan after;
  private final List<Change> changes = new ArrayList<>();

  /** How something changed. */
  public enum How {
    ADDED("+"),
    REMOVED("-"),
    CHANGED("~");

    private final String sign;

    How(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }
  }

  /**
   * One change.
   *
   * @param rule the rule's name, as {@code INPUT_NARROWER}
   * @param what as {@code operation web.create}
   * @param detail what is other than before; may be empty
   * @param needsDrain it cannot be applied while messages flow
   * @param isBreaking who calls from outside may fail
   * @param why the rule's words
   */
  public record Change(
      String rule,
      How how,
      String what,
      String detail,
      boolean needsDrain,
      boolean isBreaking,
      String why) {}

  private PlanDiff(Plan before, Plan after) {
    this.before = before;
    this.after = after;
  }

  /**
   * Between two definitions that have a draft of a plan. Empty if both say the same; where things
   * are written plays no part.
   */
  public static List<Change> between(Compilation before, Compilation after) {
    var diff = new PlanDiff(before.draft().orElseThrow(), after.draft().orElseThrow());
    diff.systems();
    diff.routes();
    diff.pipelines();
    AccessDiff.add(diff.before, diff.after, diff);
    StateDiff.add(diff.before, diff.after, diff);
    diff.types(types(before, diff.before), types(after, diff.after));
    diff.functions(before.written().functions(), after.written().functions());
    diff.docs(before.written().docs(), after.written().docs());
    return List.copyOf(diff.changes);
  }

  /**
   * The names of the systems that both have, and that need not be opened anew: at most their
   * policies and what people are told of them has changed.
   */
  public static Set<String> alike(Plan before, Plan after) {
    Map<String, PlannedSystem> now = byName(after.systems(), PlannedSystem::name);
    var alike = new LinkedHashSet<String>();
    for (PlannedSystem was : before.systems()) {
      PlannedSystem is = now.get(was.name());
      if (is != null) {
        var diff = new PlanDiff(before, after);
        diff.system(was, is);
        if (diff.changes.stream().allMatch(change -> ASIDE.contains(change.rule()))) {
          alike.add(was.name());
        }
      }
    }
    return alike;
  }

  /** Those that are declared, used or not, and those that come from systems. */
  private static Map<String, Type> types(Compilation compilation, Plan plan) {
    var types = new LinkedHashMap<String, Type>(compilation.types());
    named(plan).forEach(types::putIfAbsent);
    return types;
  }

  /** The table of rules for the reference, in Markdown. */
  public static String rules() {
    var table =
        new StringBuilder("| change | applied | breaks callers | meaning |\n|---|---|---|---|\n");
    for (ChangeRule rule : ChangeRule.values()) {
      table.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(rule, rule.action(), rule.isBreaking() ? "yes" : "no", rule.why()));
    }
    return table.toString();
  }

  public static String text(List<Change> changes) {
    var text = new StringBuilder();
    for (Change change : changes) {
      text.append(change.how().sign()).append(' ').append(change.what());
      text.append(change.detail().isEmpty() ? "" : ": " + change.detail()).append('\n');
      text.append("    ")
          .append(change.needsDrain() ? "drain and restart" : "in place")
          .append(change.isBreaking() ? ", BREAKS CALLERS" : "")
          .append(" (" + change.why() + ")\n");
    }
    long drains = changes.stream().filter(Change::needsDrain).count();
    long breaks = changes.stream().filter(Change::isBreaking).count();
    return text.append(changes.isEmpty() ? "no change" : changes.size() + " changes")
        .append(drains > 0 ? ", " + drains + " need drain and restart" : "")
        .append(breaks > 0 ? ", " + breaks + " break callers" : "")
        .append('\n')
        .toString();
  }

  public static String json(List<Change> changes) {
    var items = new ArrayList<Value>();
    for (Change change : changes) {
      var fields = new LinkedHashMap<String, Value>();
      fields.put("change", Value.text(change.rule().toLowerCase(Locale.ROOT)));
      fields.put("how", Value.text(change.how().name().toLowerCase(Locale.ROOT)));
      fields.put("what", Value.text(change.what()));
      fields.put("detail", Value.text(change.detail()));
      fields.put("drain", Value.Bool.of(change.needsDrain()));
      fields.put("breaking", Value.Bool.of(change.isBreaking()));
      fields.put("why", Value.text(change.why()));
      items.add(new Value.Dict(fields));
    }
    return Json.pretty(new Value.Items(items));
  }

  void add(ChangeRule rule, How how, String what, String detail) {
    boolean needsDrain = rule.action() == ChangeRule.Action.DRAIN;
    changes.add(
        new Change(rule.name(), how, what, detail, needsDrain, rule.isBreaking(), rule.why()));
  }

  private <T> void each(
      Map<String, T> old,
      Map<String, T> now,
      BiConsumer<String, T> added,
      BiConsumer<String, T> removed,
      BiConsumer<T, T> kept) {
    old.forEach((name, part) -> {
      if (!now.containsKey(name)) {
        removed.accept(name, part);
      }
    });
    now.forEach((name, part) -> {
      T was = old.get(name);
      if (was == null) {
        added.accept(name, part);
      } else if (!Content.hash(was).equals(Content.hash(part))) {
        kept.accept(was, part);
      }
    });
  }

  private static <T> Map<String, T> byName(List<T> parts, Function<T, String> name) {
    var map = new LinkedHashMap<String, T>();
    parts.forEach(part -> map.put(name.apply(part), part));
    return map;
  }

  private void systems() {
    each(
        byName(before.systems(), PlannedSystem::name),
        byName(after.systems(), PlannedSystem::name),
        (name, system) ->
            add(ChangeRule.SYSTEM_ADDED, How.ADDED, "system " + name, system.adapter()),
        (name, system) -> {
          add(ChangeRule.SYSTEM_REMOVED, How.REMOVED, "system " + name, system.adapter());
          system.operations().values().forEach(this::operationGone);
        },
        (_, _) -> {});
    Map<String, PlannedSystem> now = byName(after.systems(), PlannedSystem::name);
    for (PlannedSystem was : before.systems()) {
      PlannedSystem is = now.get(was.name());
      if (is != null) {
        system(was, is);
      }
    }
  }

  private void system(PlannedSystem was, PlannedSystem is) {
    String what = "system " + was.name();
    if (!was.adapter().equals(is.adapter())) {
      add(ChangeRule.SYSTEM_TYPE, How.CHANGED, what, was.adapter() + " -> " + is.adapter());
    } else {
      options(ChangeRule.SYSTEM_OPTION, what, was.config(), is.config());
    }
    if (!was.clearance().equals(is.clearance())) {
      add(
          ChangeRule.SYSTEM_CLEARANCE,
          How.CHANGED,
          what,
          was.clearance().stream().sorted().toList()
              + " -> "
              + is.clearance().stream().sorted().toList());
    }
    if (!Content.hash(was.policies()).equals(Content.hash(is.policies()))) {
      add(ChangeRule.SYSTEM_POLICY, How.CHANGED, what, texts(was.policies(), is.policies()));
    }
    each(
        was.operations(),
        is.operations(),
        (_, operation) ->
            add(ChangeRule.OPERATION_ADDED, How.ADDED, "operation " + operation.id(), ""),
        (_, operation) -> operationGone(operation),
        this::operation);
  }

  private void operationGone(Operation operation) {
    boolean isSource = operation.direction() == Direction.RECEIVES;
    add(
        isSource ? ChangeRule.SOURCE_REMOVED : ChangeRule.OPERATION_REMOVED,
        How.REMOVED,
        "operation " + operation.id(),
        "");
  }

  void options(ChangeRule rule, String what, Config was, Config is) {
    Set<Field<?>> fields = new LinkedHashSet<>(was.values().keySet());
    fields.addAll(is.values().keySet());
    var names = new LinkedHashSet<String>();
    for (Field<?> field : fields) {
      Optional<Object> old = value(was, field, folder(before));
      Optional<Object> now = value(is, field, folder(after));
      boolean isSame = Content.hash(old).equals(Content.hash(now));
      if (!isSame && !isType(field) && names.add(field.name())) {
        String detail =
            field.name()
                + ": "
                + old.map(v -> OptionText.shown(field, v, folder(before))).orElse("nothing")
                + " -> "
                + now.map(v -> OptionText.shown(field, v, folder(after))).orElse("nothing");
        add(rule, How.CHANGED, what, detail);
      }
    }
  }

  /** Types are compared as what they mean for a caller. */
  private static boolean isType(Field<?> field) {
    return switch (field.kind()) {
      case TYPE, TYPE_OR_SYMBOL, TYPES -> true;
      case TEXT, INT, BOOL, DURATION, SIZE, PATH, SYMBOL, TEXTS, TEXT_MAP -> false;
      case SHARE, SYMBOLS, OPTIONS, OPTIONS_LIST, EXPRESSION, CONDITION -> false;
    };
  }

  private static Path folder(Plan plan) {
    return Optional.ofNullable(plan.stateDir().getParent()).orElse(Path.of(""));
  }

  /** Or its default; paths as seen from their definition: two copies of one folder are the same. */
  private static Optional<Object> value(Config config, Field<?> field, Path folder) {
    return config.values().entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(field.name()))
        .map(Map.Entry::getValue)
        .findFirst()
        .or(() -> field.fallback().map(value -> value))
        .map(value -> value instanceof Path path ? OptionText.path(path, folder) : value);
  }

  private void operation(Operation was, Operation is) {
    String what = "operation " + was.id();
    if (was.direction() != is.direction()) {
      add(
          ChangeRule.OPERATION_DIRECTION,
          How.CHANGED,
          what,
          was.direction() + " -> " + is.direction());
      return;
    }
    options(ChangeRule.OPERATION_OPTION, what, was.options(), is.options());
    if (!was.effect().equals(is.effect())) {
      add(ChangeRule.OPERATION_EFFECT, How.CHANGED, what, was.effect() + " -> " + is.effect());
    }
    if (!was.capabilities().equals(is.capabilities())) {
      add(ChangeRule.OPERATION_CAPABILITY, How.CHANGED, what, "");
    }
    if (!was.doc().equals(is.doc())) {
      add(ChangeRule.OPERATION_DOC, How.CHANGED, what, "doc");
    }
    boolean isSource = was.direction() == Direction.RECEIVES;
    if (!Content.hash(was.input()).equals(Content.hash(is.input()))) {
      List<String> lost = new ArrayList<>(reasons(was.input(), is.input()));
      lost.addAll(removed(was.input(), is.input(), "", DEPTH_MAX));
      ChangeRule rule = lost.isEmpty() ? ChangeRule.INPUT_WIDER : ChangeRule.INPUT_NARROWER;
      add(
          isSource ? rule : ChangeRule.CALL_TYPE,
          How.CHANGED,
          what,
          "input " + say(lost, was.input(), is.input()));
    }
    if (!Content.hash(was.output()).equals(Content.hash(is.output()))) {
      List<String> lost = reasons(is.output(), was.output());
      ChangeRule rule = lost.isEmpty() ? ChangeRule.OUTPUT_NARROWER : ChangeRule.OUTPUT_WIDER;
      add(
          isSource ? rule : ChangeRule.CALL_TYPE,
          How.CHANGED,
          what,
          "output " + say(lost, was.output(), is.output()));
    }
  }

  private static String say(List<String> reasons, Type was, Type is) {
    String types =
        was.toString().equals(is.toString()) ? "`" + is + "`" : "`" + was + "` -> `" + is + "`";
    return types + (reasons.isEmpty() ? "" : ": " + String.join("; ", reasons));
  }

  /** Why some value of one type is none of the other; labels play no part. */
  private static List<String> reasons(Type from, Type to) {
    return switch (Assign.check(from, to)) {
      case Verdict.Fits() -> List.of();
      case Verdict.Checked(var reasons) -> reasons.stream().map(Typing::reason).toList();
      case Verdict.Refused(var reasons) -> reasons.stream().map(Typing::reason).toList();
    };
  }

  /** Fields that a strict source would refuse now. */
  private static List<String> removed(Type was, Type is, String path, int depth) {
    var found = new ArrayList<String>();
    if (depth == 0) {
      return found;
    }
    if (was.core() instanceof Type.ListOf old && is.core() instanceof Type.ListOf now) {
      return removed(old.element(), now.element(), path + "[]", depth - 1);
    }
    if (was.core() instanceof Type.Record old && is.core() instanceof Type.Record now) {
      for (Type.Field field : old.fields()) {
        String name = path.isEmpty() ? field.name() : path + "." + field.name();
        Optional<Type.Field> kept = now.field(field.name());
        if (kept.isEmpty()) {
          found.add("field `" + name + "` is known no more");
        } else {
          found.addAll(removed(field.type(), kept.get().type(), name, depth - 1));
        }
      }
    }
    return found;
  }

  private static String texts(
      List<io.unikernal.model.Policy> was, List<io.unikernal.model.Policy> is) {
    return PlanParts.texts(was) + " -> " + PlanParts.texts(is);
  }

  private void routes() {
    each(
        byName(before.routes(), Route::name),
        byName(after.routes(), Route::name),
        (name, route) ->
            add(ChangeRule.ROUTE_ADDED, How.ADDED, "route " + name, "" + route.guarantee()),
        (name, _) -> add(ChangeRule.ROUTE_REMOVED, How.REMOVED, "route " + name, ""),
        this::route);
    Map<String, List<String>> was = order(before, after);
    order(after, before)
        .forEach((from, names) -> {
          if (!names.equals(was.getOrDefault(from, names))) {
            add(ChangeRule.ROUTE_ORDER, How.CHANGED, "routes of " + from, String.join(", ", names));
          }
        });
  }

  /** The routes that both have, by the operation they begin at. */
  private static Map<String, List<String>> order(Plan of, Plan other) {
    var names = new LinkedHashSet<String>();
    other.routes().forEach(route -> names.add(route.name()));
    var order = new LinkedHashMap<String, List<String>>();
    for (Route route : of.routes()) {
      if (names.contains(route.name())) {
        order.computeIfAbsent(route.from().id(), _ -> new ArrayList<>()).add(route.name());
      }
    }
    return order;
  }

  private void route(Route was, Route is) {
    String what = "route " + was.name();
    int count = changes.size();
    String oldWhen = was.when().map(when -> when.text()).orElse("always");
    String newWhen = is.when().map(when -> when.text()).orElse("always");
    if (!oldWhen.equals(newWhen)) {
      add(ChangeRule.ROUTE_WHEN, How.CHANGED, what, "when " + oldWhen + " -> " + newWhen);
    }
    if (!Content.hash(was.policies()).equals(Content.hash(is.policies()))) {
      add(ChangeRule.ROUTE_POLICY, How.CHANGED, what, texts(was.policies(), is.policies()));
    }
    Route.Guarantee old = was.guarantee();
    Route.Guarantee now = is.guarantee();
    boolean isOrdered = old.order().equals(now.order()) || old.order().isEmpty() || now.ordered();
    if (old.level() != now.level() || !old.order().equals(now.order())) {
      boolean isWeaker = now.level().compareTo(old.level()) < 0 || !isOrdered;
      var rule = isWeaker ? ChangeRule.GUARANTEE_WEAKER : ChangeRule.GUARANTEE_STRONGER;
      add(rule, How.CHANGED, what, old + " -> " + now);
    }
    boolean isOther =
        !Content.hash(List.of(was.to(), was.with().text(), was.reply().text()))
            .equals(Content.hash(List.of(is.to(), is.with().text(), is.reply().text())));
    if (isOther || changes.size() == count) {
      add(ChangeRule.ROUTE_CHANGED, How.CHANGED, what, "");
    }
  }

  private void pipelines() {
    each(
        before.pipelines(),
        after.pipelines(),
        (name, _) -> add(ChangeRule.PIPELINE_ADDED, How.ADDED, "pipeline " + name, ""),
        (name, _) -> add(ChangeRule.PIPELINE_REMOVED, How.REMOVED, "pipeline " + name, ""),
        this::pipeline);
  }

  private void pipeline(Pipeline was, Pipeline is) {
    String what = "pipeline " + was.name();
    int count = changes.size();
    if (!Content.hash(was.policies()).equals(Content.hash(is.policies()))) {
      add(ChangeRule.PIPELINE_POLICY, How.CHANGED, what, texts(was.policies(), is.policies()));
    }
    Map<String, Step> old = flat(was);
    Map<String, Step> now = flat(is);
    var details = new ArrayList<String>();
    each(
        old,
        now,
        (name, _) -> details.add("step `" + name + "` is new"),
        (name, _) -> details.add("step `" + name + "` is gone"),
        (step, _) -> details.add("step `" + step.head().name() + "` is other"));
    if (details.isEmpty() && !List.copyOf(old.keySet()).equals(List.copyOf(now.keySet()))) {
      details.add("the steps have another order");
    }
    if (!Content.hash(was.input()).equals(Content.hash(is.input()))) {
      details.add("input " + say(List.of(), was.input(), is.input()));
    }
    if (!Content.hash(was.output()).equals(Content.hash(is.output()))) {
      details.add("output is other");
    }
    if (!details.isEmpty() || changes.size() == count) {
      add(ChangeRule.PIPELINE_CHANGED, How.CHANGED, what, String.join(", ", details));
    }
  }

  private static Map<String, Step> flat(Pipeline pipeline) {
    var steps = new LinkedHashMap<String, Step>();
    flat(pipeline.steps(), steps);
    flat(pipeline.onError(), steps);
    return steps;
  }

  private static void flat(List<Step> steps, Map<String, Step> into) {
    for (Step step : steps) {
      into.put(step.head().name(), step);
      flat(PlanParts.does(step).inside(), into);
      flat(step.head().onError(), into);
    }
  }

  private void types(Map<String, Type> was, Map<String, Type> is) {
    compare(
        "type ",
        was,
        is,
        ChangeRule.TYPE_ADDED,
        ChangeRule.TYPE_REMOVED,
        (name, old, now) -> {
          if (!Content.hash(old).equals(Content.hash(now))) {
            var details = new ArrayList<String>();
            reasons(old, now).forEach(reason -> details.add("old values: " + reason));
            reasons(now, old).forEach(reason -> details.add("new values: " + reason));
            add(ChangeRule.TYPE_CHANGED, How.CHANGED, "type " + name, String.join("; ", details));
          }
        });
  }

  private void functions(Map<String, Written.Function> was, Map<String, Written.Function> is) {
    compare(
        "function ",
        was,
        is,
        ChangeRule.FUNCTION_ADDED,
        ChangeRule.FUNCTION_REMOVED,
        (name, old, now) -> {
          if (!old.equals(now)) {
            boolean isSame = old.signature().equals(now.signature());
            String detail = isSame ? "value" : old.signature() + " becomes " + now.signature();
            add(ChangeRule.FUNCTION_CHANGED, How.CHANGED, "function " + name, detail);
          }
        });
  }

  private void docs(Map<String, String> was, Map<String, String> is) {
    compare(
        "doc of ",
        was,
        is,
        ChangeRule.DOC,
        ChangeRule.DOC,
        (what, old, now) -> {
          if (!old.equals(now)) {
            add(ChangeRule.DOC, How.CHANGED, "doc of " + what, "");
          }
        });
  }

  private interface Kept<T> {
    void accept(String name, T was, T is);
  }

  private <T> void compare(
      String kind,
      Map<String, T> was,
      Map<String, T> is,
      ChangeRule added,
      ChangeRule removed,
      Kept<T> kept) {
    was.keySet().stream()
        .filter(name -> !is.containsKey(name))
        .forEach(name -> add(removed, How.REMOVED, kind + name, ""));
    is.forEach((name, now) -> {
      T old = was.get(name);
      if (old == null) {
        add(added, How.ADDED, kind + name, "");
      } else {
        kept.accept(name, old, now);
      }
    });
  }

  private static String name(Type type) {
    return switch (type) {
      case Type.Record record -> record.name();
      case Type.Union union -> union.name();
      default -> Objects.toString(type);
    };
  }

  /** The types that operations and pipelines use. */
  private static Map<String, Type> named(Plan plan) {
    var types = new LinkedHashMap<String, Type>();
    for (PlannedSystem system : plan.systems()) {
      for (Operation operation : system.operations().values()) {
        Content.named(operation.input()).forEach(type -> types.putIfAbsent(name(type), type));
        Content.named(operation.output()).forEach(type -> types.putIfAbsent(name(type), type));
      }
    }
    for (Pipeline pipeline : plan.pipelines().values()) {
      Content.named(pipeline.input()).forEach(type -> types.putIfAbsent(name(type), type));
    }
    return types;
  }
}
