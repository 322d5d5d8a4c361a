package io.unikernal.kernel;

import static io.unikernal.model.Value.integer;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class KernelTest extends SimulatedKernel {
  @Test
  void aMessageGoesToItsOperationAndTheAnswerBack() {
    var in = def.receives("web.in", web);
    def.route(in, def.called("db.save", Fakes.Worker.echo()));
    var status =
        running(kernel -> assertThat(web.send(text("hello")).reply()).isEqualTo(text("hello")));
    var books = status.routes().getFirst();
    assertThat(books.name()).isEqualTo("web.in -> db.save");
    assertThat(books.counts()).isEqualTo(new Ledger.Counts(1, 1, 0, 0, 0, 0));
    assertThat(web.stopped).isTrue();
    assertThat(def.closed).containsExactly("db", "web");
  }

  @Test
  void anOperationWithoutRouteAnswersNoRoute() {
    def.receives("web.in", web);
    var status =
        running(kernel -> assertThat(web.send(text("x")).fault().code()).isEqualTo(Code.NO_ROUTE));
    assertThat(status.routes().getLast().name()).isEqualTo("no route");
    assertThat(status.routes().getLast().counts().failed()).isEqualTo(1);
  }

  @Test
  void theFirstRouteWhoseConditionIsTrueWins() {
    var in = def.receives("web.in", web);
    var big = Fakes.Worker.echo();
    var small = Fakes.Worker.echo();
    def.routeWhen(in, value -> value.equals(integer(9)), def.called("a.big", big));
    def.route(in, def.called("b.small", small));
    running(kernel -> {
      web.send(integer(9)).await();
      web.send(integer(1)).await();
      web.send(integer(9)).await();
    });
    assertThat(big.calls).hasSize(2);
    assertThat(small.calls).hasSize(1);
  }

  @Test
  void aCallIsInjectedWhereMessagesComeIn() {
    var in = def.receives("web.in", web);
    def.route(in, def.called("db.save", Fakes.Worker.echo()));
    var status =
        running(kernel ->
            assertThat(kernel.call("web.in", text("x"), Deadline.NONE, Optional.empty()).body())
                .isEqualTo(text("x")));
    assertThat(status.routes().getFirst().counts().delivered()).isEqualTo(1);
  }

  @Test
  void aCallOfAnOperationNeedsNoRoute() {
    def.called("db.save", Fakes.Worker.echo());
    running(kernel ->
        assertThat(kernel.call("db.save", text("x"), Deadline.NONE, Optional.empty()).body())
            .isEqualTo(text("x")));
  }

  @Test
  void anUnknownOperationIsNotFound() {
    running(kernel ->
        Assertions.assertThatThrownBy(
                () -> kernel.call("a.b", Value.Null.NULL, Deadline.NONE, Optional.empty()))
            .isInstanceOfSatisfying(
                FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(Code.NOT_FOUND)));
  }

  @Test
  void aBugInAnAdapterIsInternalAndOnlyTheListenerHearsItsClass() {
    var in = def.receives("web.in", web);
    def.route(
        in,
        def.called(
            "db.save",
            new Fakes.Worker((_, _) -> {
              throw new IllegalStateException("secret");
            })));
    running(kernel -> {
      var fault = web.send(text("x")).fault();
      assertThat(fault.code()).isEqualTo(Code.INTERNAL);
      assertThat(fault.toString()).doesNotContain("secret").doesNotContain("IllegalState");
    });
    assertThat(failures())
        .singleElement()
        .satisfies(failed ->
            assertThat(failed.fault().details().fields())
                .containsEntry("exception", text("java.lang.IllegalStateException")));
  }

  @Test
  void allSystemsThatDoNotOpenAreNamedAndTheOthersClosed() {
    def.called("a.x", Fakes.Worker.echo());
    def.called("b.x", Fakes.Worker.echo());
    def.called("c.x", Fakes.Worker.echo());
    def.opening =
        context ->
            context.name().equals("b")
                ? Optional.empty()
                : Optional.of(Fault.of(Code.DISCONNECTED, context.name() + " is down"));
    world.run(() ->
        Assertions.assertThatThrownBy(
                () -> Kernel.open(def.plan(), def.adapters(), world, events::add))
            .isInstanceOfSatisfying(
                FaultException.class,
                e ->
                    assertThat(e.fault().message())
                        .isEqualTo(
                            "`a` cannot be opened: a is down; `c` cannot be opened: c is down")));
    assertThat(def.closed).containsExactly("b");
  }

  @Test
  void aSenderThatGoesAwayCancelsTheWork() {
    var in = def.receives("web.in", web);
    var slow = Fakes.Worker.slow(world, Duration.ofSeconds(9));
    def.route(in, def.called("db.save", slow));
    running(kernel -> {
      var sent = web.send(text("x"));
      world.sleep(Duration.ofSeconds(1));
      sent.cancel.orElseThrow().run();
      assertThat(sent.fault().code()).isEqualTo(Code.CANCELLED);
    });
    assertThat(slow.interrupted).isEqualTo(1);
    assertThat(world.elapsed()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aDrainWaitsForWhatIsOnItsWay() {
    var in = def.receives("web.in", web);
    def.route(in, def.called("db.save", Fakes.Worker.slow(world, Duration.ofMillis(500))));
    var sent = new ArrayList<Fakes.Sent>();
    running(kernel -> sent.add(web.send(text("x"))));
    assertThat(sent.getFirst().outcomes).hasSize(1);
    assertThat(world.elapsed()).isBetween(Duration.ofMillis(500), Duration.ofMillis(510));
  }

  @Test
  void aDrainDoesNotWaitForASourceThatHasNothing() {
    Endpoint.PullSource idle =
        max -> {
          world.sleep(Duration.ofDays(365));
          return List.of();
        };
    var in = def.receives("queue.in", idle);
    def.route(in, def.called("db.save", Fakes.Worker.echo()));
    running(kernel -> world.sleep(Duration.ofMillis(1)));
    assertThat(world.elapsed()).isLessThan(Duration.ofMillis(50));
  }

  @Test
  void aDrainStopsWhatTakesTooLong() {
    var in = def.receives("web.in", web);
    def.route(in, def.called("db.save", Fakes.Worker.slow(world, Duration.ofHours(1))));
    running(kernel -> web.send(text("x")));
    assertThat(web.all.getFirst().outcomes).hasSize(1);
    assertThat(world.elapsed()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aSettlingThatFailsIsAFailedDelivery() {
    var in = def.receives("web.in", web);
    def.route(in, def.called("db.save", Fakes.Worker.echo()));
    var status =
        running(kernel -> {
          web.send(
              new Fakes.Sent(Fakes.Sent.message("web.in", io.unikernal.model.Body.of(text("x")))) {
                @Override
                public void settle(io.unikernal.model.Outcome outcome) {
                  super.settle(outcome);
                  throw new IllegalStateException("the connection is gone");
                }
              });
          world.sleep(Duration.ofMillis(1));
        });
    assertThat(status.routes().getFirst().counts()).isEqualTo(new Ledger.Counts(1, 0, 1, 0, 0, 0));
    assertThat(failures()).singleElement().extracting(f -> f.step()).isEqualTo("settle");
  }
}
