package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Letters;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.Site;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Plan;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The dead letters of a definition, whether it runs or not: a kernel that runs is asked, else its
 * state file is opened, with its folder claimed so that no kernel starts meanwhile.
 */
public sealed interface DeadLetters extends AutoCloseable {
  /** A running kernel may take its time to deliver what is replayed. */
  Duration DRAIN = Duration.ofSeconds(30);

  /**
   * Does what the control socket does.
   *
   * @return what the answer says in {@code reply}
   * @throws FaultException what it says in {@code fault}
   */
  Value ask(Value request);

  @Override
  void close() throws InterruptedException;

  /**
   * Those of a state folder, to look at and to drop; empty where nothing was ever kept.
   *
   * @param keys are asked only where a file is opened
   */
  static Optional<DeadLetters> of(Path stateDir, Supplier<Optional<Plan.StateKeys>> keys) {
    if (ControlClient.isRunning(stateDir)) {
      return Optional.of(new Remote(stateDir));
    }
    return StateFiles.isThere(stateDir)
        ? Optional.of(Closed.open(stateDir, keys.get()))
        : Optional.empty();
  }

  /** The same to replay: a definition that does not run is opened, and receives nothing. */
  static Optional<DeadLetters> of(Plan plan, Map<String, Adapter> adapters, Listener listener)
      throws InterruptedException {
    if (ControlClient.isRunning(plan.stateDir())) {
      return Optional.of(new Remote(plan.stateDir()));
    }
    return StateFiles.isThere(plan.stateDir())
        ? Optional.of(Opened.open(plan, adapters, listener))
        : Optional.empty();
  }

  /** Of a kernel that runs. */
  final class Remote implements DeadLetters {
    private final Path stateDir;

    Remote(Path stateDir) {
      this.stateDir = stateDir;
    }

    @Override
    public Value ask(Value request) {
      Value answer =
          ControlClient.ask(stateDir, request)
              .orElseThrow(() ->
                  Fault.of(Fault.Code.DISCONNECTED, "the definition has ended").toException());
      Value fault = answer.field("fault");
      if (fault != Value.Absent.ABSENT) {
        throw ControlWords.faultOf(fault).toException();
      }
      return answer.field("reply");
    }

    @Override
    public void close() {}
  }

  /** Of a file that nobody has. */
  final class Closed implements DeadLetters {
    private final ControlServer claim;
    private final StateStore state;
    private final LetterDesk desk;

    private Closed(ControlServer claim, StateStore state, SystemWorld world) {
      this.claim = claim;
      this.state = state;
      desk = new LetterDesk(new Letters(state), world, _ -> Optional.of(NOT_OPEN));
    }

    private static final Fault NOT_OPEN =
        Fault.of(Fault.Code.REJECTED, "nothing is open that could deliver it");

    static Closed open(Path stateDir, Optional<Plan.StateKeys> keys) {
      var world = new SystemWorld();
      var claim = ControlServer.claim(stateDir);
      try {
        return new Closed(claim, StateFiles.of(stateDir, keys, world), world);
      } catch (RuntimeException e) {
        claim.close();
        throw e;
      }
    }

    @Override
    public Value ask(Value request) {
      return desk.answer(request).field("reply");
    }

    @Override
    public void close() {
      state.close();
      claim.close();
    }
  }

  /** Of a kernel that is open for this alone. */
  final class Opened implements DeadLetters {
    private final ControlServer claim;
    private final StateStore state;
    private final Kernel kernel;
    private final LetterDesk desk;

    private Opened(ControlServer claim, StateStore state, Kernel kernel, SystemWorld world) {
      this.claim = claim;
      this.state = state;
      this.kernel = kernel;
      desk = new LetterDesk(kernel.letters(), world, kernel::replay);
    }

    static Opened open(Plan plan, Map<String, Adapter> adapters, Listener listener)
        throws InterruptedException {
      var world = new SystemWorld();
      var claim = ControlServer.claim(plan.stateDir());
      var state = StateFiles.of(plan.stateDir(), plan.state(), world);
      try {
        var kernel = Kernel.open(plan, adapters, new Site(world, listener, state));
        return new Opened(claim, state, kernel, world);
      } catch (RuntimeException | InterruptedException e) {
        state.close();
        claim.close();
        throw e;
      }
    }

    @Override
    public Value ask(Value request) {
      return desk.answer(request).field("reply");
    }

    @Override
    public void close() throws InterruptedException {
      try {
        kernel.drain(DRAIN);
      } finally {
        state.close();
        claim.close();
      }
    }
  }
}
