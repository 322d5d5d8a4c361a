package io.unikernal.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.unikernal.kernel.Ledger.Counts;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.explain.Story;
import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.spi.Health;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The figures that {@code /metrics} has, and how long messages take. */
final class Meters {
  private static final List<Double> SECONDS =
      List.of(
          0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
          2.5, 5.0, 10.0, 30.0);
  private static final double NANOS = 1e9;
  private final DoubleHistogram durations;
  private final ConcurrentHashMap<Ended, Attributes> known = new ConcurrentHashMap<>();

  private record Ended(String route, Ending ending) {}

  /** Those that are read of one status together, so that they fit each other. */
  private record Books(
      ObservableLongMeasurement received,
      ObservableLongMeasurement ended,
      ObservableLongMeasurement inFlight,
      ObservableLongMeasurement balanced,
      ObservableLongMeasurement up,
      ObservableLongMeasurement calls,
      ObservableLongMeasurement errors) {

    void observe(Status status) {
      for (var route : status.routes()) {
        var name = Attributes.builder().put("unikernal.route", route.name()).build();
        var counts = route.counts();
        received.record(counts.received(), name);
        inFlight.record(counts.inFlight(), name);
        balanced.record(counts.isBalanced() ? 1 : 0, name);
        outcomes(counts, name);
      }
      for (var system : status.systems()) {
        up.record(
            system.health() instanceof Health.Down ? 0 : 1,
            Attributes.builder().put("unikernal.system", system.name()).build());
      }
      for (var member : status.targets().members()) {
        var name = Attributes.builder().put("unikernal.target", member.name()).build();
        calls.record(member.report().calls(), name);
        errors.record(member.report().errors(), name);
      }
    }

    private void outcomes(Counts counts, Attributes route) {
      outcome("delivered", counts.delivered(), route);
      outcome("failed", counts.failed(), route);
      outcome("dead_lettered", counts.deadLettered(), route);
      outcome("dropped", counts.dropped(), route);
    }

    private void outcome(String what, long count, Attributes route) {
      ended.record(count, route.toBuilder().put("unikernal.outcome", what).build());
    }
  }

  Meters(Meter meter, Supplier<Status> status, LongSupplier dropped) {
    durations =
        meter
            .histogramBuilder("unikernal.message.duration")
            .setUnit("s")
            .setDescription("How long messages take from their arrival to their end.")
            .setExplicitBucketBoundariesAdvice(SECONDS)
            .build();
    var books =
        new Books(
            counter(meter, "unikernal.messages.received", "Messages that came."),
            counter(meter, "unikernal.messages.ended", "Messages that ended, by how."),
            meter
                .upDownCounterBuilder("unikernal.messages.in_flight")
                .setDescription("Messages on their way.")
                .buildObserver(),
            gauge(meter, "unikernal.books.balanced", "1 while every message is accounted for."),
            gauge(meter, "unikernal.system.up", "1 while a system answers."),
            counter(meter, "unikernal.target.calls", "Calls of a member of a target."),
            counter(meter, "unikernal.target.errors", "Calls of a member that failed."));
    meter.batchCallback(
        () -> books.observe(status.get()),
        books.received(),
        books.ended(),
        books.inFlight(),
        books.balanced(),
        books.up(),
        books.calls(),
        books.errors());
    meter
        .counterBuilder("unikernal.telemetry.dropped")
        .setDescription("Messages that the collector was not told of.")
        .buildWithCallback(to -> to.record(dropped.getAsLong()));
    machine(meter);
  }

  private static ObservableLongMeasurement counter(Meter meter, String name, String doc) {
    return meter.counterBuilder(name).setDescription(doc).buildObserver();
  }

  private static ObservableLongMeasurement gauge(Meter meter, String name, String doc) {
    return meter.gaugeBuilder(name).ofLongs().setDescription(doc).buildObserver();
  }

  /** By the semantic conventions of a JVM. */
  private static void machine(Meter meter) {
    var memory = ManagementFactory.getMemoryMXBean();
    var heap = Attributes.builder().put("jvm.memory.type", "heap").build();
    var rest = Attributes.builder().put("jvm.memory.type", "non_heap").build();
    meter
        .upDownCounterBuilder("jvm.memory.used")
        .setUnit("By")
        .setDescription("Measure of memory used.")
        .buildWithCallback(to -> {
          to.record(memory.getHeapMemoryUsage().getUsed(), heap);
          to.record(memory.getNonHeapMemoryUsage().getUsed(), rest);
        });
    var threads = ManagementFactory.getThreadMXBean();
    meter
        .upDownCounterBuilder("jvm.thread.count")
        .setUnit("{thread}")
        .setDescription("Number of executing platform threads.")
        .buildWithCallback(to -> to.record(threads.getThreadCount()));
  }

  void ended(Story story) {
    var attributes =
        known.computeIfAbsent(
            new Ended(story.route(), story.ending()),
            one ->
                Attributes.builder()
                    .put("unikernal.route", one.route())
                    .put("unikernal.outcome", one.ending().name().toLowerCase(Locale.ROOT))
                    .build());
    durations.record(story.tookNanos() / NANOS, attributes);
  }
}
