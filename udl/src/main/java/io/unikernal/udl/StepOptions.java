package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.model.Step;
import io.unikernal.udl.Node.Mapping;
import java.time.Duration;
import java.util.Optional;

/** The options of steps that hold messages back. */
final class StepOptions {
  static final Field<Integer> COUNT =
      Field.integer("count", "goes on at so many messages").optional().example("100");
  static final Field<Long> BYTES =
      Field.size("bytes", "goes on before the values are larger together")
          .optional()
          .example("1MiB");
  static final Field<Duration> WITHIN =
      Field.duration("within", "goes on at the latest so long after the first").example("1s");
  static final ConfigSpec BATCH = ConfigSpec.of(COUNT, BYTES, WITHIN);

  static final Field<Duration> EVERY =
      Field.duration("every", "how long a window is").example("10s");
  static final Field<Duration> SLIDE =
      Field.duration("slide", "after how long the next begins").optional().example("5s");
  static final Field<Duration> LATE =
      Field.duration("late", "how long it waits for late messages").or(Duration.ZERO).example("2s");
  static final Field<Integer> WINDOW_COUNT =
      Field.integer("count", "a window with so many messages ends at once")
          .or(Step.Window.COUNT_MAX)
          .example("1000");
  static final ConfigSpec WINDOW = ConfigSpec.of(EVERY, SLIDE, LATE, WINDOW_COUNT);

  private StepOptions() {}

  /** Reports a number that is not from 1 to {@code max}. */
  static void range(Mapping mapping, String key, int max, Diagnostics diagnostics) {
    report(mapping, key, "`" + key + "` goes from 1 to " + max, "1", diagnostics)
        .label("the most is " + max);
  }

  static void checkBatch(Mapping mapping, Config options, Diagnostics diagnostics) {
    if (!options.has(COUNT) && !options.has(BYTES)) {
      diagnostics
          .error(Code.STEP_OPTION, mapping.place(), "a batch has a limit: `count`, `bytes` or both")
          .write("count: 100")
          .insert(Optional.of(mapping), "count: 100");
    }
    if (options
        .find(COUNT)
        .filter(count -> count < 1 || count > Step.Batch.COUNT_MAX)
        .isPresent()) {
      range(mapping, "count", Step.Batch.COUNT_MAX, diagnostics);
    }
    if (options.find(BYTES).filter(bytes -> bytes < 1).isPresent()) {
      report(mapping, "bytes", "`bytes` is at least 1", example(BYTES), diagnostics);
    }
    if (options.get(WITHIN).isZero()) {
      String wanted = "`within` must be longer than nothing";
      report(mapping, "within", wanted, example(WITHIN), diagnostics);
    }
  }

  static void checkWindow(Mapping mapping, Config options, Diagnostics diagnostics) {
    Duration every = options.get(EVERY);
    if (every.isZero()) {
      String wanted = "`every` must be longer than nothing";
      report(mapping, "every", wanted, example(EVERY), diagnostics);
    }
    Duration slide = options.find(SLIDE).orElse(every);
    if (slide.isZero() && !every.isZero()) {
      String wanted = "`slide` must be longer than nothing";
      report(mapping, "slide", wanted, Quantities.text(every), diagnostics);
    }
    if (slide.compareTo(every) > 0) {
      report(
          mapping,
          "slide",
          "`slide` is longer than `every`: messages between two windows would be lost",
          Quantities.text(every),
          diagnostics);
    }
    if (!slide.isZero() && every.dividedBy(slide) > Step.Window.OVERLAP_MAX) {
      report(
          mapping,
          "slide",
          "each message would be in "
              + every.dividedBy(slide)
              + " windows, and the most is "
              + Step.Window.OVERLAP_MAX,
          Quantities.text(every.dividedBy(Step.Window.OVERLAP_MAX)),
          diagnostics);
    }
    int count = options.get(WINDOW_COUNT);
    if (count < 1 || count > Step.Window.COUNT_MAX) {
      range(mapping, "count", Step.Window.COUNT_MAX, diagnostics);
    }
    if (mapping.get("late").isPresent() && mapping.get("at").isEmpty()) {
      diagnostics
          .error(
              Code.STEP_OPTION,
              mapping.find("late").orElseThrow().key().place(),
              "only by `at` can a message be late")
          .write("at: \"${input.…}\"");
    }
  }

  private static String example(Field<?> field) {
    return field.examples().getFirst();
  }

  private static Diagnostics.Finding report(
      Mapping mapping, String key, String message, String better, Diagnostics diagnostics) {
    Optional<Node> value = mapping.get(key);
    var finding =
        diagnostics
            .error(Code.STEP_OPTION, value.map(Node::place).orElse(mapping.place()), message)
            .write(key + ": " + better);
    value
        .filter(node -> node instanceof Node.Scalar scalar && !scalar.text().contains("${"))
        .ifPresent(node -> finding.edit(node.place(), better));
    return finding;
  }
}
