package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.model.Step;
import io.unikernal.udl.Node.Mapping;
import java.time.Duration;

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
    Place place = mapping.get(key).map(Node::place).orElse(mapping.place());
    diagnostics.error(Code.STEP_OPTION, place, "`" + key + "` goes from 1 to " + max);
  }

  static void checkBatch(Mapping mapping, Config options, Diagnostics diagnostics) {
    if (!options.has(COUNT) && !options.has(BYTES)) {
      diagnostics
          .error(Code.STEP_OPTION, mapping.place(), "a batch has a limit: `count`, `bytes` or both")
          .write("count: 100");
    }
    if (options
        .find(COUNT)
        .filter(count -> count < 1 || count > Step.Batch.COUNT_MAX)
        .isPresent()) {
      range(mapping, "count", Step.Batch.COUNT_MAX, diagnostics);
    }
    if (options.find(BYTES).filter(bytes -> bytes < 1).isPresent()) {
      report(mapping, "bytes", "`bytes` is at least 1", diagnostics);
    }
    if (options.get(WITHIN).isZero()) {
      report(mapping, "within", "`within` must be longer than nothing", diagnostics);
    }
  }

  static void checkWindow(Mapping mapping, Config options, Diagnostics diagnostics) {
    Duration every = options.get(EVERY);
    if (every.isZero()) {
      report(mapping, "every", "`every` must be longer than nothing", diagnostics);
    }
    Duration slide = options.find(SLIDE).orElse(every);
    if (slide.isZero() && !every.isZero()) {
      report(mapping, "slide", "`slide` must be longer than nothing", diagnostics);
    }
    if (slide.compareTo(every) > 0) {
      report(
          mapping,
          "slide",
          "`slide` is longer than `every`: messages between two windows would be lost",
          diagnostics);
    }
    int count = options.get(WINDOW_COUNT);
    if (count < 1 || count > Step.Window.COUNT_MAX) {
      range(mapping, "count", Step.Window.COUNT_MAX, diagnostics);
    }
    if (mapping.get("late").isPresent() && mapping.get("at").isEmpty()) {
      report(mapping, "late", "only by `at` can a message be late", diagnostics);
    }
  }

  private static void report(Mapping mapping, String key, String message, Diagnostics diagnostics) {
    Place place = mapping.get(key).map(Node::place).orElse(mapping.place());
    diagnostics.error(Code.STEP_OPTION, place, message);
  }
}
