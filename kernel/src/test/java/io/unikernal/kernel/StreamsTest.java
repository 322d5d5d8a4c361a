package io.unikernal.kernel;

import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.slot;
import static io.unikernal.model.Value.integer;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Body;
import io.unikernal.model.Capability;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers that are made while they are read. */
class StreamsTest extends SimulatedKernel {
  private static final Type NUMBERS = new Type.StreamOf(Type.Int.ANY_INT);

  /** Gives numbers from 1 on, each after a while, and knows how it ended. */
  private static final class Counter implements ValueStream.Producer {
    private final World world;
    private final Duration pause;
    private final int count;
    private final Optional<Fault> end;
    int made;
    int closed;

    Counter(World world, Duration pause, int count, Optional<Fault> end) {
      this.world = world;
      this.pause = pause;
      this.count = count;
      this.end = end;
    }

    @Override
    public Optional<Value> next() throws InterruptedException {
      world.sleep(pause);
      if (made < count) {
        return Optional.of(integer(++made));
      }
      if (end.isPresent()) {
        throw end.get().toException();
      }
      return Optional.empty();
    }

    @Override
    public void close() {
      closed++;
    }
  }

  /** A caller that reads what it is answered with. */
  private final class Reader extends Fakes.Sent {
    final List<Value> read = new ArrayList<>();
    private final int wanted;
    private final Duration pause;

    Reader(int wanted, Duration pause) {
      super(message("web.in", Body.of(text("go"))));
      this.wanted = wanted;
      this.pause = pause;
    }

    @Override
    public void settle(Outcome outcome) {
      if (outcome instanceof Outcome.Done(var reply)
          && reply.body() instanceof ValueStream stream) {
        try {
          for (var next = stream.next(); next.isPresent(); next = stream.next()) {
            read.add(next.get());
            world.sleep(pause);
            if (read.size() == wanted) {
              stream.close();
              break;
            }
          }
        } catch (io.unikernal.model.FaultException _) {
          // the kernel hears it too
        } catch (InterruptedException _) {
          stream.close();
          Thread.currentThread().interrupt();
        }
      }
      super.settle(outcome);
    }

    void goAway() {
      cancel.ifPresent(Runnable::run);
    }
  }

  private Operation watching() {
    return def.operation(
        "web.in", Operation.Direction.RECEIVES, Type.Simple.ANY, NUMBERS, web, Capability.REPLIES);
  }

  private Operation numbers(ValueStream.Producer producer) {
    return def.operation(
        "feed.numbers",
        Operation.Direction.CALLED,
        Type.Simple.ANY,
        NUMBERS,
        new Fakes.Worker((_, _) -> new ValueStream(producer)));
  }

  private Counter counter(int count) {
    return new Counter(world, millis(100), count, Optional.empty());
  }

  private static List<Value> upTo(int count) {
    var all = new ArrayList<Value>();
    for (int i = 1; i <= count; i++) {
      all.add(integer(i));
    }
    return all;
  }

  private static Ledger.Counts counts(Status status) {
    return status.routes().getFirst().counts();
  }

  @Test
  void aMessageIsDeliveredWhenItsAnswerWasReadToTheEnd() {
    var counter = counter(5);
    def.route(watching(), numbers(counter));
    var reader = new Reader(-1, millis(0));
    var status =
        running(kernel -> {
          web.send(reader);
          world.sleep(millis(250));
          assertThat(counts(kernel.status()).inFlight()).isEqualTo(1);
          assertThat(reader.read).isEqualTo(upTo(2));
          reader.await();
        });
    assertThat(reader.read).isEqualTo(upTo(5));
    assertThat(counter.closed).isEqualTo(1);
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0));
  }

  @Test
  void nothingIsMadeThatNobodyAskedFor() {
    var counter = new Counter(world, Duration.ZERO, 1_000, Optional.empty());
    def.route(watching(), numbers(counter));
    var reader = new Reader(3, millis(100));
    running(_ -> {
      web.send(reader);
      world.sleep(millis(50));
      assertThat(counter.made).isEqualTo(1);
      world.sleep(millis(100));
      assertThat(counter.made).isEqualTo(2);
      reader.await();
    });
    assertThat(counter.made).isEqualTo(3);
    assertThat(counter.closed).isEqualTo(1);
  }

  @Test
  void aStreamThatBreaksIsAFailedMessage() {
    var broken = Fault.of(Fault.Code.DISCONNECTED, "the feed is gone");
    var counter = new Counter(world, millis(10), 2, Optional.of(broken));
    def.route(watching(), numbers(counter));
    var reader = new Reader(-1, millis(0));
    var status =
        running(_ -> {
          web.send(reader);
          reader.await();
        });
    assertThat(reader.read).isEqualTo(upTo(2));
    assertThat(counter.closed).isEqualTo(1);
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 0, 1, 0, 0, 0));
    assertThat(failures().getFirst().fault().code()).isEqualTo(Fault.Code.DISCONNECTED);
  }

  @Test
  void anElementThatDoesNotFitIsTheFaultOfWhoMadeIt() {
    def.route(
        watching(),
        numbers(
            new ValueStream.Producer() {
              private int given;

              @Override
              public Optional<Value> next() {
                return Optional.of(given++ == 0 ? integer(1) : text("two"));
              }

              @Override
              public void close() {}
            }));
    var reader = new Reader(-1, millis(0));
    running(_ -> {
      web.send(reader);
      reader.await();
    });
    assertThat(reader.read).isEqualTo(upTo(1));
    assertThat(failures().getFirst().fault().code()).isEqualTo(Fault.Code.REJECTED);
    assertThat(failures().getFirst().fault().message()).contains("feed.numbers", "[1]");
  }

  @Test
  void aCallerThatGoesAwayEndsWhoMakesIt() {
    var counter = counter(1_000);
    def.route(watching(), numbers(counter));
    var reader = new Reader(-1, millis(0));
    var status =
        running(_ -> {
          web.send(reader);
          world.sleep(millis(250));
          reader.goAway();
          reader.await();
        });
    assertThat(counter.made).isEqualTo(2);
    assertThat(counter.closed).isEqualTo(1);
    assertThat(counts(status).failed()).isEqualTo(1);
    assertThat(failures().getFirst().fault().code()).isEqualTo(Fault.Code.CANCELLED);
  }

  @Test
  void aDrainEndsAStreamAfterItsLimit() {
    var counter = counter(1_000);
    def.route(watching(), numbers(counter));
    var reader = new Reader(-1, millis(0));
    var status =
        running(_ -> {
          web.send(reader);
          world.sleep(millis(250));
        });
    assertThat(counter.closed).isEqualTo(1);
    assertThat(counts(status).failed()).isEqualTo(1);
    assertThat(world.elapsed()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aTimeLimitIsAboutTheAnswerAndNotAboutHowLongItGoesOn() {
    var counter = counter(50);
    def.route(watching(), numbers(counter), Def.timeout(Duration.ofSeconds(1)));
    var reader = new Reader(-1, millis(0));
    running(_ -> {
      web.send(reader);
      reader.await();
    });
    assertThat(reader.read).hasSize(50);
    assertThat(failures()).isEmpty();
  }

  @Test
  void theStepsForEachElementAreDoneAsItIsRead() {
    var counter = counter(4);
    var priced = new Fakes.Worker((request, _) -> request.body().value());
    def.pipeline(
        "p",
        List.of(
            call("numbers", 0, numbers(counter)),
            Def.each(
                Def.head("each", 1),
                slot(Frame.FIRST_STEP),
                1,
                true,
                List.of(call("price", 4, def.called("shop.price", priced))))),
        List.of());
    def.route(watching(), "p");
    var reader = new Reader(2, millis(0));
    running(_ -> {
      web.send(reader);
      world.sleep(millis(150));
      assertThat(priced.calls).hasSize(1);
      reader.await();
    });
    assertThat(priced.calls).hasSize(2);
    assertThat(counter.closed).isEqualTo(1);
  }

  @Test
  void whatNobodyReadsIsDoneAllTheSame() {
    var counter = counter(3);
    var saved = Fakes.Worker.echo();
    def.pipeline(
        "p",
        List.of(
            call("numbers", 0, numbers(counter)),
            Def.each(
                Def.head("each", 1),
                slot(Frame.FIRST_STEP),
                1,
                true,
                List.of(call("save", 4, def.called("shop.save", saved))))),
        List.of());
    def.route(
        def.operation(
            "web.in", Operation.Direction.RECEIVES, Type.Simple.ANY, Type.Simple.NULL, web),
        "p");
    var status =
        running(_ -> {
          web.send(text("go")).await();
          assertThat(saved.calls).hasSize(3);
        });
    assertThat(counts(status)).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0));
  }

  @Test
  void anUnusedStreamIsClosedWithItsMessage() {
    var counter = counter(3);
    def.pipeline(
        "p",
        List.of(
            call("numbers", 0, numbers(counter)),
            call("other", 1, def.called("shop.save", Fakes.Worker.echo()))),
        List.of());
    def.route(in(), "p");
    running(_ -> web.send(text("go")).await());
    assertThat(counter.made).isZero();
    assertThat(counter.closed).isEqualTo(1);
  }

  @Test
  void aCallFromOutsideReadsTheStreamItself() {
    var counter = counter(3);
    def.route(watching(), numbers(counter));
    running(kernel -> {
      var reply =
          kernel.call("web.in", text("go"), io.unikernal.model.Deadline.NONE, Optional.empty());
      var stream = (ValueStream) reply.body();
      var read = new ArrayList<Value>();
      for (var next = stream.next(); next.isPresent(); next = stream.next()) {
        read.add(next.get());
      }
      assertThat(read).isEqualTo(upTo(3));
    });
    assertThat(counter.closed).isEqualTo(1);
  }
}
