package io.unikernal.udl;

import static io.unikernal.udl.Vocabulary.Key.key;

import io.unikernal.model.Fault;
import io.unikernal.udl.Shape.AnyOf;
import io.unikernal.udl.Shape.ListOf;
import io.unikernal.udl.Shape.MapOf;
import io.unikernal.udl.Shape.Nested;
import io.unikernal.udl.Shape.Scalar;
import io.unikernal.udl.Shape.Symbols;
import io.unikernal.udl.Shape.Written;
import java.util.Arrays;
import java.util.List;

/** The mappings of the language and their keys, each declared here and nowhere else. */
final class Grammar {
  private static final Shape STEPS = new ListOf(new Nested(() -> Grammar.STEP));
  private static final Shape FAULT =
      new Symbols(Arrays.stream(Fault.Code.values()).map(Enum::name).toList());

  static final Vocabulary FUNCTION =
      Vocabulary.of(
          "a function",
          key("params", new MapOf(Written.TYPE), "what it takes, by name"),
          key("returns", Written.TYPE, "what it gives; found out where it is not written"),
          key("value", Written.EXPRESSION, "what it computes from its parameters"),
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary DURABLE =
      Vocabulary.of(
          "`durable`",
          key("attempts", Scalar.INTEGER, "how often a message is tried; 20"),
          key("keep", Scalar.DURATION, "how old a message may become; 24h"),
          key("stored", Scalar.INTEGER, "how many messages may wait; 100000"));

  private static final Shape DURABLE_FORM =
      AnyOf.of(Scalar.BOOL, new Nested(() -> Grammar.DURABLE));

  static final Vocabulary ORDER =
      Vocabulary.of(
          "`order`",
          key("by", Written.EXPRESSION, "messages in which it is equal keep their order"),
          key("lanes", Scalar.INTEGER, "how many messages are under way at once at most; 64"));

  static final Vocabulary DEFAULTS =
      Vocabulary.of(
          "the defaults",
          key("policy", Written.POLICIES, "policies of every route and call"),
          key("validate", Symbols.of("strict", "lenient", "off"), "how sources check messages"),
          key("durable", DURABLE_FORM, "whether routes are durable, where they can be"),
          key(
              "systems",
              new MapOf(new MapOf(Written.ANY)),
              "options of all systems of a type, by the type"),
          key("secrets", new Nested(() -> Grammar.SECRETS), "where secrets come from"),
          key("state", new Nested(() -> Grammar.STATE), "how what is kept on the disk is sealed"));

  static final Vocabulary STATE =
      Vocabulary.of(
          "`state`",
          key("key", Scalar.TEXT, "seals what is kept on the disk: `${secret.…}`"),
          key("old_keys", Shape.oneOrMany(Scalar.TEXT), "open what was sealed before"));

  static final Vocabulary SECRETS =
      Vocabulary.of(
          "the secrets",
          key(
              "from",
              Shape.oneOrMany(Scalar.TEXT),
              "providers in the order in which they are asked"));

  static final Vocabulary PIPELINE =
      Vocabulary.of(
          "a pipeline",
          key("input", Written.TYPE, "the type of its input"),
          key("steps", STEPS, "what it does, in order"),
          key("output", Written.EXPRESSION, "its answer; else the value of the last step"),
          key("on_error", STEPS, "runs when a step fails; then the error goes on"),
          key("policy", Written.POLICIES, "policies of the whole"),
          key("doc", Scalar.TEXT, "a text for people"));

  /** A callee, or several with a choice among them. */
  private static final Shape CALLEES = AnyOf.of(Scalar.CALLEE, new Nested(() -> Grammar.TARGET));

  static final Vocabulary TARGET =
      Vocabulary.of(
          "a smart target",
          key("choose", new ListOf(CALLEES), "one of these takes the message"),
          key("all", new ListOf(CALLEES), "every one of these takes it"),
          key("first", new ListOf(CALLEES), "all are called, the first success counts"),
          key("fallback", new ListOf(CALLEES), "the next is called when one fails"),
          key("by", new Symbols(TargetReader.WAYS), "how `choose` chooses"),
          key("weights", new MapOf(Scalar.NUMBER), "shares by member, relative to each other"),
          key("costs", new MapOf(Scalar.NUMBER), "what a call costs by member, for `by: cost`"),
          key("key", Written.EXPRESSION, "equal keys come to one member, for `by: sticky`"),
          key("prefer", Written.EXPRESSION, "the member that the author wants, or an empty text"),
          key("hedge", Scalar.TEXT, "after how long a second copy is sent: `p95`, `200ms`"),
          key("shadow", Scalar.CALLEE, "gets a copy; its answer is compared, never returned"),
          key("canary", new MapOf(Scalar.TEXT), "shares of targets on trial: `5%`"));

  static final Vocabulary ROUTE =
      Vocabulary.of(
          "a route",
          key("from", Scalar.SOURCE, "the operation that receives"),
          key("to", CALLEES, "what is called"),
          key("when", Scalar.CONDITION, "the message is taken only if it is true"),
          key("policy", Written.POLICIES, "policies of the route"),
          key("doc", Scalar.TEXT, "a text for people"),
          key("cache", Scalar.DURATION, "how long an answer is kept"),
          key("on_error", STEPS, "runs when the route fails; then the error goes on"),
          key("validate", Symbols.of("strict", "lenient", "off"), "how the message is checked"),
          key("dead_letter", Scalar.CALLEE, "where a message goes that failed for good"),
          key("durable", DURABLE_FORM, "whether a message is stored before its source is answered"),
          key(
              "order",
              AnyOf.of(new Nested(() -> Grammar.ORDER), Written.EXPRESSION),
              "messages with equal keys are handled one after the other"));

  static final Vocabulary FOR_EACH =
      Vocabulary.of(
          "`for_each`",
          key("in", Written.EXPRESSION, "the list, map or stream"),
          key("concurrency", Scalar.INTEGER, "how many items are under way at once; 1"),
          key("ordered", Scalar.BOOL, "whether values keep the order of the items; true"),
          key("steps", STEPS, "what is done with `item`"));

  static final Vocabulary CASE =
      Vocabulary.of(
          "a case of `choose`",
          key("when", Scalar.CONDITION, "the case is taken if it is true"),
          key("steps", STEPS, "what the case does"),
          key("otherwise", STEPS, "what is done when no case is taken; the last"));

  static final Vocabulary CATCH =
      Vocabulary.of(
          "`catch`",
          key("on", Shape.oneOrMany(FAULT), "the codes of the faults that it takes; all"),
          key("steps", STEPS, "what is done instead"));

  static final Vocabulary BATCH =
      Vocabulary.of(
          "`batch`",
          key("count", Scalar.INTEGER, "goes on at so many messages"),
          key("bytes", Scalar.SIZE, "goes on before the values are larger together"),
          key("within", Scalar.DURATION, "goes on at the latest so long after the first"),
          key("key", Written.EXPRESSION, "only messages with one key come together"));

  static final Vocabulary WINDOW =
      Vocabulary.of(
          "`window`",
          key("every", Scalar.DURATION, "how long a window is"),
          key("slide", Scalar.DURATION, "after how long the next begins; else at its end"),
          key("at", Written.EXPRESSION, "the time that a message counts for; else when it came"),
          key("late", Scalar.DURATION, "how long a window waits for late messages; 0s"),
          key("count", Scalar.INTEGER, "a window with so many messages ends at once; 10000"),
          key("key", Written.EXPRESSION, "only messages with one key come together"));

  static final Vocabulary STEP =
      Vocabulary.of(
          "a step",
          key("name", Scalar.NAME, "under which its value is known after it"),
          key("system", Scalar.CALLEE, "calls an operation or a pipeline"),
          key("with", Written.EXPRESSION, "what is given to what is called"),
          key("as", Written.TYPE, "the type of the value"),
          key("set", Written.EXPRESSION, "computes a value"),
          key("parallel", STEPS, "runs its steps at once"),
          key("for_each", new Nested(() -> FOR_EACH), "runs steps for each item"),
          key("choose", new ListOf(new Nested(() -> CASE)), "runs the first case that is true"),
          key("route", new Nested(() -> TARGET), "calls one of several, or several"),
          key("try", STEPS, "steps whose failure `catch` recovers from"),
          key(
              "catch",
              AnyOf.of(STEPS, new Nested(() -> CATCH)),
              "steps that run when those of `try` fail"),
          key("compensate", STEPS, "undoes the step when a later one fails"),
          key("wait", AnyOf.of(Scalar.DURATION, Written.EXPRESSION), "lets time pass"),
          key("reply", Written.EXPRESSION, "answers the caller now and goes on"),
          key("filter", Scalar.CONDITION, "drops the message unless it is true"),
          key("validate", Written.TYPE, "fails unless the value before is of the type"),
          key("batch", new Nested(() -> BATCH), "collects messages and goes on with a list"),
          key("window", new Nested(() -> WINDOW), "collects the messages of a time"),
          key("use", Scalar.TEMPLATE, "puts the steps of a template here"),
          key("when", Scalar.CONDITION, "the step is skipped unless it is true"),
          key("policy", Written.POLICIES, "policies of the step"),
          key("on_error", STEPS, "runs when the step fails; then the error goes on"),
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary TEMPLATE =
      Vocabulary.of(
          "a template",
          key("params", new MapOf(Written.TYPE), "what it takes, by name"),
          key("types", new MapOf(Written.TYPE), "types that each use declares"),
          key("systems", new MapOf(Written.SYSTEM), "systems that each use declares"),
          key("policies", new MapOf(Written.POLICIES), "policies that each use declares"),
          key("pipelines", new MapOf(new Nested(() -> PIPELINE)), "pipelines of each use"),
          key("routes", new ListOf(new Nested(() -> ROUTE)), "routes of each use"),
          key("steps", STEPS, "steps, for a `use` among steps"),
          key(
              "use",
              new ListOf(new Nested(() -> Grammar.USE)),
              "other templates, filled in by each use"),
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary USE =
      Vocabulary.of(
          "a use",
          key("template", Scalar.TEMPLATE, "the template"),
          key("with", new MapOf(Written.ANY), "its arguments, by name"));

  static final Vocabulary FAILS =
      Vocabulary.of(
          "`fails`",
          key("after", Scalar.INTEGER, "how many calls are good before; 0"),
          key("times", Scalar.INTEGER, "how many calls fail then; else all"),
          key("with", Scalar.TEXT, "the code of the fault; DISCONNECTED"));

  static final Vocabulary TAKES =
      Vocabulary.of(
          "`takes`",
          key("for", Scalar.DURATION, "how long this holds; the last holds for ever"),
          key("each", Scalar.DURATION, "what each call takes"));

  static final Vocabulary MOCK =
      Vocabulary.of(
          "a mock",
          key("returns", Written.EXPRESSION, "the answer, made of the call's `input`"),
          key("fails", new Nested(() -> FAILS), "calls that fail"),
          key("takes", Shape.oneOrMany(new Nested(() -> TAKES)), "how long calls take"),
          key("hangs", Scalar.BOOL, "no call is ever answered"));

  static final Vocabulary SEND =
      Vocabulary.of(
          "`send`",
          key("to", Scalar.SOURCE, "the operation that receives"),
          key("input", Written.EXPRESSION, "what it receives; `index` counts the messages"),
          key("any", Scalar.BOOL, "messages are made up, from all that the type allows"),
          key("times", Scalar.INTEGER, "how many messages; 1, of `any` 100"),
          key("every", Scalar.DURATION, "the time from one to the next; 0s"),
          key("headers", new MapOf(Scalar.TEXT), "headers of each message"));

  static final Vocabulary BOUNDS =
      Vocabulary.of(
          "a count",
          key("times", Scalar.INTEGER, "exactly so many"),
          key("above", Scalar.INTEGER, "more than so many"),
          key("below", Scalar.INTEGER, "fewer than so many"));

  static final Vocabulary TIME_BOUNDS =
      Vocabulary.of(
          "a time",
          key("above", Scalar.DURATION, "longer than this"),
          key("below", Scalar.DURATION, "shorter than this"));

  static final Vocabulary REPLIES =
      Vocabulary.of(
          "`replies`",
          key("status", Scalar.INTEGER, "their status"),
          key("body", Written.ANY, "what each holds; `\"*\"` is anything"),
          key("times", Scalar.INTEGER, "exactly so many"),
          key("above", Scalar.INTEGER, "more than so many"),
          key("below", Scalar.INTEGER, "fewer than so many"),
          key("p50", new Nested(() -> TIME_BOUNDS), "the time that half of them take at most"),
          key("p90", new Nested(() -> TIME_BOUNDS), "the time that 90 % of them take at most"),
          key("p95", new Nested(() -> TIME_BOUNDS), "the time that 95 % of them take at most"),
          key("p99", new Nested(() -> TIME_BOUNDS), "the time that 99 % of them take at most"));

  static final Vocabulary CALLS =
      Vocabulary.of(
          "the calls of an operation",
          key("times", Scalar.INTEGER, "exactly so many"),
          key("above", Scalar.INTEGER, "more than so many"),
          key("below", Scalar.INTEGER, "fewer than so many"),
          key("with", Written.ANY, "only calls whose input holds this are counted"));

  static final Vocabulary SHARE =
      Vocabulary.of(
          "a share",
          key("of", Scalar.CALLEE, "the operation whose part of the calls is meant"),
          key("from", Scalar.DURATION, "the time from which calls count; 0s"),
          key("to", Scalar.DURATION, "the time up to which calls count"),
          key("above", Scalar.NUMBER, "more than this part, as 0.6 or 60%"),
          key("below", Scalar.NUMBER, "less than this part"));

  static final Vocabulary EXPECT =
      Vocabulary.of(
          "`expect`",
          key("replies", new Nested(() -> REPLIES), "what is answered"),
          key(
              "calls",
              new MapOf(AnyOf.of(Scalar.INTEGER, new Nested(() -> CALLS))),
              "by operation"),
          key("share", Shape.oneOrMany(new Nested(() -> SHARE)), "parts of the calls of a target"),
          key("dead_letters", AnyOf.of(Scalar.INTEGER, new Nested(() -> BOUNDS)), "how many"),
          key("dropped", AnyOf.of(Scalar.INTEGER, new Nested(() -> BOUNDS)), "how many"),
          key(
              "errors",
              AnyOf.of(Scalar.INTEGER, new Nested(() -> BOUNDS), new MapOf(Written.ANY)),
              "how many messages fail: of all, or by the code of the fault"),
          key("time", new Nested(() -> TIME_BOUNDS), "how long all takes, in the test's time"));

  static final Vocabulary TEST =
      Vocabulary.of(
          "a test",
          key("name", Scalar.TEXT, "what must hold, as a sentence"),
          key("env", new MapOf(Scalar.TEXT), "variables that the definition reads in this test"),
          key(
              "mock",
              new MapOf(new Nested(() -> MOCK)),
              "what stands for operations, by operation"),
          key("send", Shape.oneOrMany(new Nested(() -> SEND)), "the messages that come"),
          key("expect", new Nested(() -> EXPECT), "what must hold at the end"),
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary TEST_FILE =
      Vocabulary.of(
          "a file of tests",
          key("udl", Scalar.INTEGER, "the version of the language, 7"),
          key("definition", Scalar.PATH, "what is tested; else the file or folder beside it"),
          key("tests", new ListOf(new Nested(() -> TEST)), "the tests"));

  /** Besides the options of its provider. */
  static final Vocabulary IDENTITY =
      Vocabulary.of(
          "an identity",
          key("type", Scalar.TEXT, "the kind of proof"),
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary ROLE =
      Vocabulary.of(
          "a role",
          key(
              "may",
              Shape.oneOrMany(Scalar.TEXT),
              "the operations that it may call; `*` stands for any letters but the dot, or for all"),
          key("not", Shape.oneOrMany(Scalar.TEXT), "but for these"),
          key("workers", Shape.oneOrMany(Scalar.TEXT), "systems whose own calls have it"),
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary DEFINITION =
      Vocabulary.of(
          "a definition",
          key("udl", Scalar.INTEGER, "the version of the language, 7"),
          key("import", Shape.oneOrMany(Scalar.PATH), "other files, relative to this one"),
          key("types", new MapOf(Written.TYPE), "types by name"),
          key("systems", new MapOf(Written.SYSTEM), "systems by name"),
          key("identities", new MapOf(Written.ANY), "how callers prove who they are, by name"),
          key("roles", new MapOf(new Nested(() -> ROLE)), "what callers may call, by role"),
          key("policies", new MapOf(Written.POLICIES), "policies by name"),
          key("routes", new ListOf(new Nested(() -> ROUTE)), "what flows where"),
          key("pipelines", new MapOf(new Nested(() -> PIPELINE)), "pipelines by name"),
          key("functions", new MapOf(new Nested(() -> FUNCTION)), "functions by name"),
          key("templates", new MapOf(new Nested(() -> TEMPLATE)), "templates by name"),
          key("use", new ListOf(new Nested(() -> USE)), "templates that are filled in"),
          key("defaults", new Nested(() -> DEFAULTS), "what holds everywhere"),
          key(
              "tests",
              new ListOf(new Nested(() -> TEST)),
              "tests; `check` reads them, `run` does not"));

  /** Besides the options of its adapter. */
  static final Vocabulary SYSTEM =
      Vocabulary.of(
          "a system",
          key("type", Scalar.SYSTEM_TYPE, "the kind of system"),
          key("clearance", Shape.oneOrMany(Scalar.LABEL), "the labels that it may handle"),
          key("operations", new MapOf(Written.ANY), "its operations by name"),
          key("policy", Written.POLICIES, "policies of all its operations"),
          key("doc", Scalar.TEXT, "a text for people"));

  /** Besides the options of its adapter. */
  static final Vocabulary OPERATION =
      Vocabulary.of(
          "an operation",
          key("effect", Scalar.EFFECT, "what happens when it runs twice"),
          key("policy", Written.POLICIES, "policies of the operation"),
          key("doc", Scalar.TEXT, "a text for people"));

  /** All of them. */
  static final List<Vocabulary> ALL =
      List.of(
          DEFINITION,
          ROUTE,
          DURABLE,
          ORDER,
          TARGET,
          PIPELINE,
          STEP,
          FOR_EACH,
          CASE,
          CATCH,
          BATCH,
          WINDOW,
          FUNCTION,
          TEMPLATE,
          USE,
          DEFAULTS,
          SECRETS,
          STATE,
          SYSTEM,
          OPERATION,
          ROLE,
          TEST_FILE,
          TEST,
          MOCK,
          FAILS,
          TAKES,
          SEND,
          EXPECT,
          REPLIES,
          CALLS,
          SHARE,
          BOUNDS,
          TIME_BOUNDS);

  private Grammar() {}
}
