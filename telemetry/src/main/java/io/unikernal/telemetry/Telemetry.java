package io.unikernal.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.explain.Story;
import io.unikernal.kernel.explain.StoryExporter;
import io.unikernal.model.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells an OpenTelemetry collector of messages and figures. A message that has ended is put into a
 * queue with a bound, and one thread sends: a collector that is slow or away costs no message
 * anything but its trace.
 */
public final class Telemetry implements StoryExporter, AutoCloseable {
  /** Messages that wait to be sent; beyond, they are counted and dropped. */
  static final int QUEUE_MAX = 4_096;

  private static final int BATCH_SPANS = 512;
  private static final Duration GATHER = Duration.ofSeconds(1);

  /** Longer than the SDK's own time limit with all it tries again. */
  private static final Duration SEND_LIMIT = Duration.ofSeconds(60);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final ArrayBlockingQueue<Story> waiting = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final AtomicLong dropped = new AtomicLong();
  private final Heard heard = new Heard();
  private final Sdk sdk;
  private final SpanExporter exporter;
  private final StorySpans spans;
  private final Meters meters;
  private final Thread sender;
  private volatile boolean isClosing;

  private Telemetry(Kernel kernel, TelemetryOptions options) {
    sdk = new Sdk(options, heard);
    exporter = sdk.exporter();
    spans = new StorySpans(new Conventions(kernel::plan), sdk.resource());
    meters = new Meters(sdk.sdk().getMeter(Sdk.SCOPE_NAME), kernel::status, dropped::get);
    sender = Thread.ofPlatform().daemon().name("unikernal-telemetry").unstarted(this::send);
  }

  /**
   * Begins to tell of the messages of a kernel that has not started.
   *
   * @throws io.unikernal.model.FaultException INVALID if a variable of the SDK is wrong
   */
  public static Telemetry start(Kernel kernel, TelemetryOptions options) {
    var telemetry = new Telemetry(kernel, options);
    telemetry.sender.start();
    kernel.stories().exportTo(telemetry);
    return telemetry;
  }

  @Override
  public boolean samples(Trace sender, String traceId) {
    var parent = Context.root().with(Span.wrap(StorySpans.parent(sender)));
    return sdk.sampler()
            .shouldSample(
                parent, traceId, "message", SpanKind.SERVER, Attributes.empty(), List.of())
            .getDecision()
        == SamplingDecision.RECORD_AND_SAMPLE;
  }

  @Override
  public void take(Story story) {
    meters.ended(story);
    boolean isWanted = story.trace().isSampled() || story.ending().isFailure();
    if (isWanted && !story.trace().equals(Trace.NONE) && (isClosing || !waiting.offer(story))) {
      if (dropped.getAndIncrement() == 0) {
        heard.full();
      }
    }
  }

  /** How many messages the collector was not told of. */
  public long dropped() {
    return dropped.get();
  }

  private void send() {
    var batch = new ArrayList<SpanData>();
    int stories = 0;
    long until = 0;
    try {
      while (!isClosing || !waiting.isEmpty() || !batch.isEmpty()) {
        long patience = batch.isEmpty() ? GATHER.toNanos() : until - System.nanoTime();
        var story = waiting.poll(isClosing ? 0 : Math.max(0, patience), TimeUnit.NANOSECONDS);
        if (story != null) {
          until = batch.isEmpty() ? System.nanoTime() + GATHER.toNanos() : until;
          batch.addAll(spans.of(story.whole()));
          stories++;
        }
        boolean isTime = isClosing ? story == null : until - System.nanoTime() <= 0;
        if (!batch.isEmpty() && (batch.size() >= BATCH_SPANS || isTime)) {
          deliver(batch, stories);
          batch = new ArrayList<>();
          stories = 0;
        }
      }
    } catch (InterruptedException _) {
      dropped.addAndGet(stories); // at the end, when a collector takes too long
    }
  }

  private void deliver(List<SpanData> batch, int stories) {
    var result = exporter.export(batch).join(SEND_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    heard.sent(result.isSuccess());
    if (!result.isSuccess()) {
      dropped.addAndGet(stories);
    }
  }

  /** Sends what waits, for a few seconds at most. */
  @Override
  public void close() {
    isClosing = true;
    // On a thread of its own: the SDK's reader of metrics blocks as long as its own limits are.
    var figures =
        Thread.ofPlatform()
            .daemon()
            .name("unikernal-telemetry-end")
            .start(() -> sdk.sdk().shutdown().join(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
    boolean wasInterrupted = Thread.interrupted();
    try {
      if (!sender.join(Duration.ofNanos(end - System.nanoTime()))) {
        sender.interrupt();
        sender.join(GATHER);
      }
      figures.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    } catch (InterruptedException _) {
      wasInterrupted = true;
      sender.interrupt();
    }
    dropped.addAndGet(waiting.size());
    exporter.shutdown();
    if (dropped.get() > 0) {
      heard.dropped(dropped.get());
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
