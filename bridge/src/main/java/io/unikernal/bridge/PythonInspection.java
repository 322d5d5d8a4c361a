package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.spi.Describes.Description;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.OperationRule.Result.Shaped;
import io.unikernal.spi.Reality;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Starts one worker as {@code run} does, reads its HELLO, and ends it. A description may be older
 * than what runs: it is kept by the content of the files, and code may look at more than files.
 */
final class PythonInspection {
  /** For a worker that is told to go: it has no call to finish. */
  private static final Duration EXIT_GRACE = Duration.ofMillis(500);

  private static final int THREADS = 1;
  private final Inspects.Request request;
  private final PythonRuntime runtime;

  PythonInspection(Inspects.Request request, PythonRuntime runtime) {
    this.request = request;
    this.runtime = runtime;
  }

  Inspection inspect() throws InterruptedException {
    if (!Files.isRegularFile(runtime.file())) {
      return unreached(
          "there is no file " + runtime.file().getFileName(), "write it, or correct `path`");
    }
    try (Gate gate = Gate.open(request.system(), request.world(), request.log(), Limits.DEFAULT)) {
      return start(gate);
    } catch (IOException e) {
      return unreached(
          "cannot start `" + runtime.interpreter() + "` for `" + request.system() + "`",
          "install Python 3.9 or later, or set `interpreter`");
    }
  }

  private static Inspection unreached(String message, String hint) {
    return new Inspection.Unreached(Fault.of(Fault.Code.DISCONNECTED, message, hint));
  }

  private Inspection start(Gate gate) throws IOException, InterruptedException {
    String token = Worker.newToken();
    Seat seat = gate.expect(token);
    Worker worker =
        Worker.spawn(
            request.system(),
            request.system(),
            token,
            runtime.process("serve", "--threads", Integer.toString(THREADS)),
            gate.path(),
            request.log());
    worker.onExit(() -> seat.fail("it ended"));
    try {
      Seat.Hello hello = seat.await(patience());
      hello.close();
      worker.end(EXIT_GRACE);
      return compare(DescriptionReader.read(hello.description(), runtime.file().toString()));
    } catch (FaultException e) {
      boolean hasEnded = !worker.isAlive();
      worker.end(Duration.ZERO);
      return unreached(
          "its worker did not start: " + (hasEnded ? worker.exitText() : e.fault().message()),
          "run `unikernal check` without --connect to see whether the file loads");
    } finally {
      gate.forget(token, seat);
      worker.end(Duration.ZERO);
    }
  }

  private Duration patience() {
    Duration start = request.config().get(PythonAdapter.START_TIMEOUT);
    return start.compareTo(request.limit()) < 0 ? start : request.limit();
  }

  private Inspection compare(Description description) {
    return switch (description) {
      case Description.Failed(var problems) ->
          unreached(
              "its worker does not say what it offers: " + problems.getFirst().message(),
              problems.getFirst().hint());
      case Description.Described(var offered) -> reached(offered);
    };
  }

  private Inspection reached(SequencedMap<String, Shaped> offered) {
    Map<String, Reality> answers = new LinkedHashMap<>();
    for (var question : request.questions()) {
      String name = question.operation().name();
      Shaped shaped = offered.get(name);
      answers.put(
          name,
          shaped == null
              ? new Reality.Missing(List.copyOf(offered.keySet()))
              : new Reality.Function(shaped.input(), shaped.output()));
    }
    String functions = offered.size() == 1 ? " function" : " functions";
    return new Inspection.Reached(
        "a worker started and said hello with " + offered.size() + functions, answers, List.of());
  }
}
