package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story;
import io.unikernal.kernel.explain.Taps;
import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The control requests that look at messages and change nothing. */
final class Looking {
  /** Messages that wait for one who looks on; beyond, they are counted and not shown. */
  static final int TAPPED_MAX = 1_000;

  static final List<String> REQUESTS =
      List.of("why", "last", "errors", "inflight", "record", "workers");
  private static final int LAST_MAX = 1_000;
  private static final long HEARTBEAT_SECONDS = 1;

  private Looking() {}

  /** {@code what} is one of {@link #REQUESTS}. */
  static Value answer(String what, Value request, Kernel kernel) {
    return switch (what) {
      case "why" -> stories(kernel.stories().find(request.fieldText("id")));
      case "last" ->
          stories(
              kernel
                  .stories()
                  .last(
                      request.field("max") instanceof Value.Int(var max)
                          ? (int) Math.clamp(max, 1, LAST_MAX)
                          : 1,
                      request.field("failed") == Value.Bool.TRUE));
      case "errors" ->
          ControlWords.dict("errors", StoryWords.list(kernel.errors(), StoryWords::error));
      case "inflight" -> stories(kernel.inFlight());
      case "workers" -> ControlWords.workers(kernel.workers());
      case "record" -> record(request.fieldText("mode"), kernel);
      default -> throw new IllegalArgumentException(what);
    };
  }

  private static Value stories(List<Story.Whole> stories) {
    return ControlWords.dict("stories", StoryWords.list(stories, StoryWords::story));
  }

  private static Value record(String mode, Kernel kernel) {
    var wanted =
        Arrays.stream(Stories.Mode.values())
            .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(mode))
            .findFirst()
            .orElseThrow(() ->
                Fault.of(Fault.Code.INVALID, "`mode` is `off`, `failed` or `all`").toException());
    kernel.stories().record(wanted);
    return ControlWords.dict("mode", Value.text(mode));
  }

  /** Where lines go to; false once nobody reads them any more. */
  @FunctionalInterface
  interface Lines {
    boolean write(Value line);
  }

  /**
   * Shows messages as they pass until nobody reads: a line of nothing each second finds that out.
   */
  static void tap(String route, Kernel kernel, Lines lines) throws InterruptedException {
    var waiting = new ArrayBlockingQueue<Taps.Passed>(TAPPED_MAX);
    var lost = new AtomicLong();
    try (var _ =
        kernel
            .taps()
            .open(
                route,
                passed -> {
                  if (!waiting.offer(passed)) {
                    lost.incrementAndGet();
                  }
                })) {
      boolean isRead = lines.write(ControlWords.dict("tapping", Value.text(route)));
      while (isRead) {
        var next = waiting.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        long missed = lost.getAndSet(0);
        isRead =
            next == null
                ? lines.write(Value.Dict.EMPTY)
                : lines.write(ControlWords.dict("passed", StoryWords.passed(next)));
        if (isRead && missed > 0) {
          isRead = lines.write(ControlWords.dict("missed", Value.integer(missed)));
        }
      }
    }
  }
}
