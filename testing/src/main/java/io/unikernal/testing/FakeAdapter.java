package io.unikernal.testing;

import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Capability;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Reply;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Stands for every adapter of a definition: its sources give what a test sends, its operations
 * answer as the test's cast does. Only queues within the process are the real ones.
 */
final class FakeAdapter implements Adapter {
  /** The adapter whose systems are as real in a test as elsewhere: nothing leaves the process. */
  static final String WITHIN = "memory";

  private final Adapter real;
  private final SimWorld world;
  private final Stand.Cast cast;
  private final Seen seen;
  private final Map<String, FakeSource> sources;
  private final boolean isWithin;

  /** Opened in one life of a kernel: what it calls when that is over has no effect. */
  private final Life life;

  /** Whether the kernel is alive, as the world outside sees it. */
  static final class Life {
    private boolean isOver;

    boolean isOver() {
      return isOver;
    }

    void end() {
      isOver = true;
    }
  }

  FakeAdapter(
      Adapter real,
      SimWorld world,
      Stand.Cast cast,
      Seen seen,
      Map<String, FakeSource> sources,
      Life life) {
    this.real = real;
    this.world = world;
    this.cast = cast;
    this.seen = seen;
    this.sources = sources;
    this.life = life;
    isWithin = real.spec().name().equals(WITHIN);
  }

  @Override
  public AdapterSpec spec() {
    return real.spec();
  }

  @Override
  public OpenSystem open(SystemContext context) throws InterruptedException {
    return new FakeSystem(isWithin ? Optional.of(real.open(context)) : Optional.empty());
  }

  private final class FakeSystem implements OpenSystem {
    private final Optional<OpenSystem> within;
    private final Map<String, FakeSource> own = new LinkedHashMap<>();

    FakeSystem(Optional<OpenSystem> within) {
      this.within = within;
    }

    @Override
    public Endpoint bind(Operation operation) {
      return switch (operation.direction()) {
        case RECEIVES -> source(operation).endpoint();
        case CALLED -> new FakeOperation(operation, stand(operation));
      };
    }

    private FakeSource source(Operation operation) {
      FakeSource made;
      if (operation.capabilities().contains(Capability.REPLIES)) {
        made = new FakeSource.Pushed();
      } else {
        var pulled = new FakeSource.Pulled();
        if (within.isPresent()
            && within.get().bind(operation) instanceof Endpoint.PullSource queue) {
          pulled.follow(world, operation.id(), queue);
        }
        made = pulled;
      }
      own.put(operation.id(), made);
      sources.put(operation.id(), made);
      return made;
    }

    private Stand stand(Operation operation) {
      Stand given = cast.of(operation);
      if (given != Mocks.MISSING || within.isEmpty()) {
        return given;
      }
      return switch (within.get().bind(operation)) {
        case Endpoint.Target target -> (request, _) -> Stands.sent(target, request);
        case Endpoint.Duplex duplex -> (request, _) -> duplex.call(request).body();
        case Endpoint.PullSource _, Endpoint.PushSource _ -> given;
      };
    }

    @Override
    public Health probe() {
      return Health.UP;
    }

    @Override
    public String describe() {
      return "";
    }

    @Override
    public void close() {
      within.ifPresent(OpenSystem::close);
      own.values().forEach(FakeSource::close);
    }
  }

  private final class FakeOperation implements Endpoint.Duplex {
    private final Operation operation;
    private final Stand stand;

    FakeOperation(Operation operation, Stand stand) {
      this.operation = operation;
      this.stand = stand;
    }

    @Override
    public Reply call(Message request) throws InterruptedException {
      if (life.isOver()) {
        throw Fault.of(Fault.Code.DISCONNECTED, "the kernel was killed").toException();
      }
      var call =
          seen.begin(operation, request.trace().traceId(), request.body().value(), world.elapsed());
      try {
        Value answer = stand.answer(request, call);
        call.isDone = true;
        call.answer = Optional.of(answer);
        return Reply.of(operation.output() == Type.Simple.NULL ? Value.Null.NULL : answer);
      } catch (FaultException e) {
        call.fault = Optional.of(e.fault());
        throw e;
      } catch (InterruptedException e) {
        call.fault = Optional.of(Fault.of(Fault.Code.CANCELLED, "the caller gave up"));
        throw e;
      } finally {
        call.took = Optional.of(world.elapsed().minus(call.at));
      }
    }
  }
}
