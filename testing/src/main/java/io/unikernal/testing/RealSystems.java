package io.unikernal.testing;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Caller;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Systems that a test runs for real, because somebody said so: workers whose functions are what is
 * to be tested. Virtual time stands still while they work.
 */
final class RealSystems implements AutoCloseable {
  private static final Caller NOBODY =
      (operation, _, _, _) -> {
        throw Fault.of(
                Fault.Code.UNSUPPORTED,
                "in a test a real system cannot call `" + operation + "` back")
            .toException();
      };

  private final Map<String, OpenSystem> open = new LinkedHashMap<>();
  private final Map<String, Stand> stands = new LinkedHashMap<>();

  private RealSystems() {}

  static RealSystems none() {
    return new RealSystems();
  }

  /**
   * @throws io.unikernal.model.FaultException if one cannot be opened; none is open then
   */
  static RealSystems open(Plan plan, Map<String, Adapter> adapters, Set<String> names)
      throws InterruptedException {
    var systems = new RealSystems();
    try {
      for (Plan.PlannedSystem planned : plan.systems()) {
        if (names.contains(planned.name())) {
          systems.open(plan, planned, adapters);
        }
      }
    } catch (RuntimeException | InterruptedException e) {
      systems.close();
      throw e;
    }
    return systems;
  }

  private void open(Plan plan, Plan.PlannedSystem planned, Map<String, Adapter> adapters)
      throws InterruptedException {
    Adapter adapter = adapters.get(planned.adapter());
    if (adapter == null) {
      throw Fault.of(Fault.Code.NOT_FOUND, "there is no adapter `" + planned.adapter() + "`")
          .toException();
    }
    String file = planned.origin().file();
    Path folder = (file.isEmpty() ? plan.file() : Path.of(file)).toAbsolutePath().getParent();
    open.put(
        planned.name(),
        adapter.open(
            new SystemContext(
                planned.name(),
                planned.config(),
                List.copyOf(planned.operations().values()),
                Optional.ofNullable(folder).orElse(Path.of("")),
                plan.stateDir(),
                new SystemWorld(),
                NOBODY,
                System.getLogger("io.unikernal.system." + planned.name()))));
  }

  /** What does an operation for real, if its system runs. */
  Optional<Stand> find(SimWorld world, Operation operation) {
    OpenSystem system = open.get(operation.system());
    if (system == null || operation.direction() != Direction.CALLED) {
      return Optional.empty();
    }
    Stand real =
        stands.computeIfAbsent(operation.id(), _ -> stand(system.bind(operation), operation));
    return Optional.of((request, call) -> {
      try {
        // Its deadline counts in another time than the real one.
        Message timeless = request.withDeadline(Deadline.NONE);
        return world.outside(() -> real.answer(timeless, call));
      } catch (RuntimeException | InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw Fault.of(Fault.Code.INTERNAL, "`" + operation.id() + "` failed").toException(e);
      }
    });
  }

  private static Stand stand(Endpoint endpoint, Operation operation) {
    return switch (endpoint) {
      case Endpoint.Duplex duplex -> (request, _) -> duplex.call(request).body();
      case Endpoint.Target target -> (request, _) -> Stands.sent(target, request);
      case Endpoint.PullSource _, Endpoint.PushSource _ ->
          throw Fault.of(Fault.Code.INTERNAL, "`" + operation.id() + "` cannot be called")
              .toException();
    };
  }

  @Override
  public void close() {
    open.values().forEach(OpenSystem::close);
  }
}
