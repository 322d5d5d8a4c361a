package io.unikernal.adapter.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.adapter.Bench;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class MemoryAdapterTest {
  private final MemoryAdapter adapter = new MemoryAdapter();
  private final Bench bench = new Bench(adapter);
  private final Operation in =
      bench.operation(
          "in",
          MemoryAdapter.RECEIVES,
          Type.Simple.ANY,
          MemoryAdapter.QUEUE,
          "q",
          MemoryAdapter.CAPACITY,
          2);
  private final Operation out =
      bench.operation("out", MemoryAdapter.ACCEPTS, Type.Simple.ANY, MemoryAdapter.QUEUE, "q");
  private final Operation sink = bench.operation("sink", MemoryAdapter.ACCEPTS, Type.Simple.ANY);

  private OpenSystem open() throws Exception {
    return bench.open(Path.of("."), Bench.config(), in, out, sink);
  }

  @Test
  void whatIsOfferedIsReceivedAndItsOutcomeComesBack() throws Exception {
    try (var system = open()) {
      var source = (Endpoint.PullSource) system.bind(in);
      var offered = adapter.offer("system", "in", Value.text("a"));
      assertThat(offered.outcome()).isEmpty();
      var delivery = source.receive(10).getFirst();
      assertThat(delivery.message().body().value()).isEqualTo(Value.text("a"));
      assertThat(delivery.message().operation()).isEqualTo("system.in");
      assertThat(offered.await(Duration.ofMillis(10))).isEmpty();
      delivery.settle(Outcome.Done.NONE);
      assertThat(offered.await()).isEqualTo(Outcome.Done.NONE);
      assertThatThrownBy(() -> delivery.settle(Outcome.Done.NONE)).hasMessageContaining("once");
    }
  }

  @Test
  void whatIsAcceptedOnAQueueIsReceivedFromItInOrder() throws Exception {
    try (var system = open()) {
      var target = (Endpoint.Target) system.bind(out);
      var source = (Endpoint.PullSource) system.bind(in);
      target.send(List.of(Bench.message(Value.integer(1)), Bench.message(Value.integer(2))));
      assertThat(source.receive(1).getFirst().message().body().value()).isEqualTo(Value.integer(1));
      assertThat(source.receive(5)).hasSize(1);
      assertThat(adapter.taken("system", "out"))
          .containsExactly(Value.integer(1), Value.integer(2));
    }
  }

  @Test
  void aFullQueueIsOverloaded() throws Exception {
    try (var system = open()) {
      var target = (Endpoint.Target) system.bind(out);
      adapter.offer("system", "in", Value.integer(1));
      adapter.offer("system", "in", Value.integer(2));
      assertThatThrownBy(() -> adapter.offer("system", "in", Value.integer(3)))
          .hasMessageContaining("OVERLOADED");
      var outcome = target.send(List.of(Bench.message(Value.integer(3)))).getFirst();
      assertThat(((Outcome.Failed) outcome).fault().code()).isEqualTo(Fault.Code.OVERLOADED);
      assertThat(adapter.taken("system", "out")).isEmpty();
    }
  }

  @Test
  void aSinkKeepsWhatItTookAlsoAfterTheEnd() throws Exception {
    try (var system = open()) {
      ((Endpoint.Target) system.bind(sink)).send(List.of(Bench.message(Value.text("x"))));
    }
    assertThat(adapter.taken("system", "sink")).containsExactly(Value.text("x"));
  }

  @Test
  void closingEndsTheWait() throws Exception {
    var system = open();
    var source = (Endpoint.PullSource) system.bind(in);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = threads.submit(() -> source.receive(1));
      Thread.sleep(50);
      system.close();
      system.close();
      assertThat(waiting.get()).isEmpty();
    }
    assertThatThrownBy(() -> adapter.offer("system", "in", Value.integer(1)))
        .hasMessageContaining("DISCONNECTED");
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    assertThatThrownBy(() -> adapter.offer("none", "in", Value.integer(1)))
        .hasMessageContaining("NOT_FOUND");
    try (var system = open()) {
      assertThatThrownBy(() -> adapter.offer("system", "sink", Value.integer(1)))
          .hasMessageContaining("NOT_FOUND");
      assertThatThrownBy(() -> adapter.taken("system", "in")).hasMessageContaining("NOT_FOUND");
    }
  }

  @Test
  void anOperationEitherReceivesOrAccepts() {
    assertThat(bench.shape("x")).isInstanceOf(Result.Refused.class);
    assertThat(
            bench.shape(
                "x",
                MemoryAdapter.RECEIVES,
                Type.Simple.ANY,
                MemoryAdapter.ACCEPTS,
                Type.Simple.ANY))
        .isInstanceOf(Result.Refused.class);
    assertThat(bench.shape("x", MemoryAdapter.ACCEPTS, Type.Simple.ANY, MemoryAdapter.CAPACITY, 0))
        .isInstanceOf(Result.Refused.class);
  }
}
