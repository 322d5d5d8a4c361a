package io.unikernal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Letters.Filter;
import io.unikernal.model.Fault;
import io.unikernal.model.Label;
import io.unikernal.model.Operation;
import io.unikernal.model.Route;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.StateStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SealedLettersTest extends SimulatedKernel {
  /** One that says that it is sealed. */
  private static final class Sealed extends StateWrapper {
    Sealed(StateStore inner) {
      super(inner);
    }

    @Override
    public boolean isSealed() {
      return true;
    }
  }

  @Test
  void aLetterOfASealedStoreIsShownMaskedAndReplayedWhole() {
    var fields = new TreeMap<String, Type>();
    fields.put("mail", new Type.Labelled(Label.PII, Type.Text.ANY_TEXT));
    var target = Fakes.Worker.failing(Fault.Code.DISCONNECTED, 1);
    def.handling =
        new Route.Handling(
            List.of(),
            Optional.empty(),
            true,
            Optional.of(new Route.Durable(1, Duration.ofHours(1), 10)));
    def.route(
        def.operation(
            "web.in", Operation.Direction.RECEIVES, Type.record(fields), Type.Simple.NULL, web),
        def.called("db.save", target));
    var body = Value.Dict.EMPTY.with("mail", Value.text("ann@example.org"));
    var state = new Sealed(new MemoryState(world));
    world.run(() -> {
      var kernel = Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, state));
      kernel.start();
      web.send(body).await();
      world.sleep(Duration.ofSeconds(10));
      var letter = kernel.letters().list(Filter.ALL, world.now(), 10).getFirst();
      assertThat(letter.isMasked()).isFalse();
      assertThat(letter.shown().field("body").fieldText("mail")).isEqualTo("***");
      assertThat(letter.shown().toString()).doesNotContain("ann@example.org");
      assertThat(letter.shown().field("shown")).isEqualTo(Value.Absent.ABSENT);
      assertThat(kernel.replay(letter)).isEmpty();
      assertThat(kernel.letters().size()).isZero();
      kernel.drain(Duration.ofSeconds(1));
    });
    assertThat(target.calls.getLast().body().value().fieldText("mail"))
        .isEqualTo("ann@example.org");
  }
}
