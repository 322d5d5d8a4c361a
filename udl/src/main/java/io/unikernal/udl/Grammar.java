package io.unikernal.udl;

import static io.unikernal.udl.Vocabulary.Key.key;
import static io.unikernal.udl.Vocabulary.Key.later;

import io.unikernal.udl.Shape.AnyOf;
import io.unikernal.udl.Shape.ListOf;
import io.unikernal.udl.Shape.MapOf;
import io.unikernal.udl.Shape.Nested;
import io.unikernal.udl.Shape.Scalar;
import io.unikernal.udl.Shape.Symbols;
import io.unikernal.udl.Shape.Written;
import java.util.List;

/** The mappings of the language and their keys, each declared here and nowhere else. */
final class Grammar {
  private static final Shape STEPS = new ListOf(new Nested(() -> Grammar.STEP));

  static final Vocabulary FUNCTION =
      Vocabulary.of(
          "a function",
          key("params", new MapOf(Written.TYPE), "what it takes, by name"),
          key("returns", Written.TYPE, "what it gives; found out where it is not written"),
          key("value", Written.EXPRESSION, "what it computes from its parameters"),
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary DEFAULTS =
      Vocabulary.of(
          "the defaults",
          later("policy", Written.POLICIES, "policies of every route"),
          later("validate", Symbols.of("strict", "lenient", "off"), "how sources check messages"),
          later(
              "systems",
              new MapOf(new MapOf(Written.ANY)),
              "options of all systems of a type, by the type"));

  static final Vocabulary PIPELINE =
      Vocabulary.of(
          "a pipeline",
          key("input", Written.TYPE, "the type of its input"),
          key("steps", STEPS, "what it does, in order"),
          key("output", Written.EXPRESSION, "its answer; else the value of the last step"),
          key("on_error", STEPS, "runs when a step fails; then the error goes on"),
          key("policy", Written.POLICIES, "policies of the whole"),
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary TARGET =
      Vocabulary.of(
          "a smart target",
          later("choose", new ListOf(Scalar.CALLEE), "one of these takes the message"),
          later("all", new ListOf(Scalar.CALLEE), "every one of these takes it"),
          later("first", new ListOf(Scalar.CALLEE), "all are called, the first success counts"),
          later("fallback", new ListOf(Scalar.CALLEE), "the next is called when one fails"),
          later(
              "by",
              Symbols.of(
                  "latency",
                  "errors",
                  "least_busy",
                  "round_robin",
                  "weighted",
                  "sticky",
                  "cost",
                  "adaptive"),
              "how `choose` chooses"),
          later("weights", new MapOf(Scalar.NUMBER), "shares by target"),
          later("prefer", Written.EXPRESSION, "the target that the author wants, or nothing"),
          later("hedge", Scalar.TEXT, "after how long a second copy is sent: `p95`, `200ms`"),
          later("shadow", Scalar.CALLEE, "gets a copy; its answer is compared, never returned"),
          later("canary", new MapOf(Scalar.TEXT), "shares of targets on trial: `5%`"));

  static final Vocabulary ROUTE =
      Vocabulary.of(
          "a route",
          key("from", Scalar.SOURCE, "the operation that receives"),
          key("to", AnyOf.of(Scalar.CALLEE, new Nested(() -> TARGET)), "what is called"),
          key("when", Scalar.CONDITION, "the message is taken only if it is true"),
          key("policy", Written.POLICIES, "policies of the route"),
          key("doc", Scalar.TEXT, "a text for people"),
          later("cache", Scalar.DURATION, "how long an answer is kept"),
          later("on_error", STEPS, "runs when the route fails; then the error goes on"),
          later(
              "validate", Symbols.of("strict", "lenient", "off"), "how the message is checked"),
          later("dead_letter", Scalar.CALLEE, "where a message goes that failed for good"));

  static final Vocabulary STEP =
      Vocabulary.of(
          "a step",
          key("name", Scalar.NAME, "under which its value is known after it"),
          key("system", Scalar.CALLEE, "calls an operation or a pipeline"),
          key("with", Written.EXPRESSION, "what is given to what is called"),
          key("as", Written.TYPE, "the type of the value"),
          key("set", Written.EXPRESSION, "computes a value"),
          key("parallel", STEPS, "runs its steps at once"),
          later("for_each", Written.ANY, "runs steps for each item of a list or stream"),
          later("choose", Written.ANY, "runs the steps of the first case that is true"),
          later("route", new Nested(() -> TARGET), "calls one of several"),
          later("try", STEPS, "steps whose failure `catch` recovers from"),
          later("catch", STEPS, "steps that run when those of `try` fail"),
          later("compensate", STEPS, "undoes the step when a later one fails"),
          later("wait", Scalar.DURATION, "lets time pass"),
          later("reply", Written.EXPRESSION, "answers the caller now and goes on"),
          later("filter", Scalar.CONDITION, "drops the message unless it is true"),
          later("validate", Written.TYPE, "fails unless the value is of the type"),
          later("batch", Written.ANY, "collects messages and goes on with a list"),
          later("window", Written.ANY, "collects the messages of a time"),
          later("use", Scalar.TEMPLATE, "puts the steps of a template here"),
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
          key("doc", Scalar.TEXT, "a text for people"));

  static final Vocabulary USE =
      Vocabulary.of(
          "a use",
          key("template", Scalar.TEMPLATE, "the template"),
          key("with", new MapOf(Written.ANY), "its arguments, by name"));

  static final Vocabulary DEFINITION =
      Vocabulary.of(
          "a definition",
          key("udl", Scalar.INTEGER, "the version of the language, 7"),
          key("import", Shape.oneOrMany(Scalar.PATH), "other files, relative to this one"),
          key("types", new MapOf(Written.TYPE), "types by name"),
          key("systems", new MapOf(Written.SYSTEM), "systems by name"),
          key("policies", new MapOf(Written.POLICIES), "policies by name"),
          key("routes", new ListOf(new Nested(() -> ROUTE)), "what flows where"),
          key("pipelines", new MapOf(new Nested(() -> PIPELINE)), "pipelines by name"),
          later("functions", new MapOf(new Nested(() -> FUNCTION)), "functions by name"),
          later("templates", new MapOf(new Nested(() -> TEMPLATE)), "templates by name"),
          later("use", new ListOf(new Nested(() -> USE)), "templates that are filled in"),
          later("defaults", new Nested(() -> DEFAULTS), "what holds everywhere"),
          later("tests", new ListOf(Written.ANY), "tests of the definition"));

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
          DEFINITION, ROUTE, TARGET, PIPELINE, STEP, FUNCTION, TEMPLATE, USE, DEFAULTS, SYSTEM,
          OPERATION);

  private Grammar() {}
}
