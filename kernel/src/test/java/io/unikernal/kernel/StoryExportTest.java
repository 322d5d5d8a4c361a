package io.unikernal.kernel;

import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.retry;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story;
import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.kernel.explain.Story.Whole;
import io.unikernal.kernel.explain.StoryExporter;
import io.unikernal.kernel.explain.Told;
import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Route;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What somebody elsewhere is told of messages, and what those that are called hear of it. */
class StoryExportTest extends SimulatedKernel {
  private static final class Ear implements StoryExporter {
    private final List<Whole> stories = new ArrayList<>();
    private final boolean samples;

    Ear(boolean samples) {
      this.samples = samples;
    }

    @Override
    public boolean samples(Trace sender, String traceId) {
      return samples;
    }

    @Override
    public void take(Story story) {
      stories.add(story.whole());
    }
  }

  private static Stream<Told> all(Told part) {
    return Stream.concat(Stream.of(part), part.parts().stream().flatMap(StoryExportTest::all));
  }

  private static List<String> heard(Fakes.Worker worker) {
    return worker.calls.stream().map(Message::trace).map(Trace::spanId).toList();
  }

  @Test
  void eachAttemptIsASpanOfItsOwnAndWhoIsCalledHearsWhich() {
    var flaky = Fakes.Worker.failing(Fault.Code.DISCONNECTED, 1);
    def.pipeline(
        "p",
        List.of(call("save", 0, def.called("db.save", flaky), retry(2, millis(100)))),
        List.of());
    def.route(in(), "p");
    var told = new Ear(true);
    running(kernel -> {
      kernel.stories().exportTo(told);
      web.send(text("x")).reply();
    });
    var story = told.stories.getFirst();
    var save = story.way().parts().getFirst();
    assertThat(heard(flaky))
        .hasSize(2)
        .doesNotHaveDuplicates()
        .isEqualTo(save.parts().stream().map(Told::spanId).toList());
    assertThat(all(story.way()).map(Told::spanId)).hasSize(4).doesNotHaveDuplicates();
    assertThat(story.way().spanId()).isEqualTo(story.trace().spanId());
    assertThat(story.parent().hasSpan()).isFalse();
    assertThat(flaky.calls.getFirst().trace().traceId()).isEqualTo(story.traceId());
    assertThat(flaky.calls.getFirst().trace().isSampled()).isTrue();
  }

  @Test
  void whereNobodyIsToldCallsStandWhereTheMessageStands() {
    var worker = Fakes.Worker.echo();
    def.route(in(), def.called("db.save", worker));
    running(kernel -> {
      kernel.stories().record(Stories.Mode.ALL);
      web.send(text("x")).reply();
      assertThat(heard(worker))
          .containsExactly(kernel.stories().last(1, false).getFirst().trace().spanId());
    });
  }

  @Test
  void whatIsNotSampledSaysSoToWhomItCallsAndIsStillOfferedAtItsEnd() {
    var worker = Fakes.Worker.failing(Fault.Code.REJECTED, 9);
    def.route(in(), def.called("db.save", worker));
    var told = new Ear(false);
    running(kernel -> {
      kernel.stories().exportTo(told);
      web.send(text("x")).fault();
    });
    assertThat(worker.calls.getFirst().trace().isSampled()).isFalse();
    assertThat(told.stories.getFirst().ending()).isEqualTo(Ending.FAILED);
  }

  @Test
  void eachSendingOfADurableMessageIsASpanBelowThatWhichStoredIt() {
    def.handling =
        new Route.Handling(
            List.of(),
            Optional.empty(),
            true,
            Optional.of(new Route.Durable(3, Duration.ofHours(1), 100)));
    var source =
        def.operation(
            "web.in", Operation.Direction.RECEIVES, Type.Simple.ANY, Type.Simple.NULL, web);
    def.route(source, def.called("db.save", Fakes.Worker.failing(Fault.Code.DISCONNECTED, 2)));
    var told = new Ear(true);
    running(kernel -> {
      kernel.stories().exportTo(told);
      web.send(text("x")).await();
      world.sleep(Duration.ofSeconds(10));
    });
    assertThat(told.stories).hasSize(4);
    var stored =
        told.stories.stream()
            .filter(one -> one.ending() == Ending.STORED)
            .findFirst()
            .orElseThrow();
    var sent = told.stories.stream().filter(one -> one != stored).toList();
    assertThat(sent).allMatch(one -> one.parent().spanId().equals(stored.trace().spanId()));
    assertThat(sent).allMatch(one -> one.traceId().equals(stored.traceId()));
    assertThat(told.stories.stream().flatMap(one -> all(one.way())).map(Told::spanId))
        .doesNotHaveDuplicates();
  }
}
