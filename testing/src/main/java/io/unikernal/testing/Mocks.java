package io.unikernal.testing;

import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Value;
import io.unikernal.udl.DefinitionTest.Mock;
import io.unikernal.udl.DefinitionTest.Takes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** The cast of a test: each operation answers as its mock says, or as the real system does. */
final class Mocks implements Stand.Cast {
  /** Stands for what a test does not mock. */
  static final Stand MISSING =
      (request, _) -> {
        throw Fault.of(Fault.Code.INTERNAL, "the test does not mock `" + request.operation() + "`")
            .toException();
      };

  private final SimWorld world;
  private final Map<String, Stand> byOperation = new LinkedHashMap<>();
  private final RealSystems real;

  /** What was called and is not mocked. */
  private final Set<String> missing = new LinkedHashSet<>();

  Mocks(SimWorld world, List<Mock> mocks, RealSystems real) {
    this.world = world;
    this.real = real;
    for (Mock mock : mocks) {
      byOperation.put(mock.operation().id(), new Mocked(mock));
    }
  }

  @Override
  public Stand of(Operation operation) {
    Stand mocked = byOperation.get(operation.id());
    if (mocked != null) {
      return mocked;
    }
    Optional<Stand> genuine = real.find(world, operation);
    return genuine.orElse(MISSING);
  }

  Set<String> missing(Seen seen) {
    seen.calls().stream()
        .filter(call -> call.fault.filter(Mocks::isMissing).isPresent())
        .forEach(call -> missing.add(call.operation.id()));
    return missing;
  }

  private static boolean isMissing(Fault fault) {
    return fault.code() == Fault.Code.INTERNAL
        && fault.message().startsWith("the test does not mock ");
  }

  private final class Mocked implements Stand {
    private final Mock mock;
    private long calls;

    Mocked(Mock mock) {
      this.mock = mock;
    }

    @Override
    public Value answer(Message request, Seen.Call call) throws InterruptedException {
      long number = calls++;
      if (mock.hangs()) {
        new CountDownLatch(1).await();
      }
      Duration time = takes();
      if (time.isPositive()) {
        world.sleep(time);
      }
      if (mock.fails().isPresent()) {
        var fails = mock.fails().get();
        long since = number - fails.after();
        if (since >= 0 && (fails.times().isEmpty() || since < fails.times().getAsLong())) {
          throw Fault.of(fails.with(), "`" + mock.operation().id() + "` fails as the test wants")
              .toException();
        }
      }
      return mock.returns().isPresent()
          ? mock.returns().get().evaluate(Stands.frame(world, request))
          : mock.operation().output().isMaybe() ? Value.Absent.ABSENT : Value.Null.NULL;
    }

    private Duration takes() {
      Duration left = world.elapsed();
      for (Takes phase : mock.takes()) {
        if (phase.during().isEmpty() || left.compareTo(phase.during().get()) < 0) {
          return phase.each();
        }
        left = left.minus(phase.during().get());
      }
      return mock.takes().isEmpty() ? Duration.ZERO : mock.takes().getLast().each();
    }
  }
}
