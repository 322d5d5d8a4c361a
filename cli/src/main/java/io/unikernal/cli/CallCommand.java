package io.unikernal.cli;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ControlClient;
import io.unikernal.server.ControlWords;
import io.unikernal.server.OneCall;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "call",
    description = "Calls one operation and prints its answer as JSON.",
    footer = {
      "",
      "If the definition runs, the call goes to it; otherwise only the systems that the call",
      "reaches are opened. A call of an operation that receives sends the message into its routes.",
      "Exit codes: 0 answered, 1 the call failed or the definition has errors, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal call . pricing.quote '{\"items\": [{\"sku\": \"A\", \"qty\": 2, \"price\": 1.25}]}'",
      "  unikernal call orders.udl.yaml db.order_by_id @input.json",
      "  echo '{}' | unikernal call . jobs.run -",
    })
final class CallCommand implements Callable<Integer> {
  private static final int INPUT_BYTES_MAX = 16 * 1024 * 1024;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DefinitionArgument definition = new DefinitionArgument();

  @Parameters(index = "1", paramLabel = "OPERATION", description = "system.operation")
  private String operation = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "JSON",
      description = "The input: JSON, @file, or - for standard input (default: {}).")
  private String input = "{}";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds = 60;

  @Option(names = "--json", description = "Print a failure as JSON too.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, IOException {
    Value value;
    try {
      value = Json.read(inputBytes(), Json.Limits.EXACT);
    } catch (FaultException e) {
      return failed(e.fault(), ExitCode.USAGE);
    }
    Optional<Value> running = askRunning(value);
    if (running.isPresent()) {
      return print(running.get());
    }
    var adapters = AdapterCatalog.load();
    var compilation = definition.compile(adapters, false);
    if (compilation.plan().isEmpty()) {
      spec.commandLine().getErr().print(compilation.rendered().text(DefinitionArgument.color()));
      spec.commandLine().getErr().flush();
      return ExitCode.FINDINGS;
    }
    var log = System.getLogger("unikernal.kernel");
    try {
      Value reply =
          OneCall.call(
              compilation.plan().get(),
              adapters,
              operation,
              value,
              Duration.ofSeconds(timeoutSeconds),
              event -> Output.log(log, event));
      return printReply(reply);
    } catch (FaultException e) {
      return failed(e.fault(), ExitCode.FINDINGS);
    }
  }

  private byte[] inputBytes() throws IOException {
    byte[] bytes;
    if (input.equals("-")) {
      bytes = System.in.readNBytes(INPUT_BYTES_MAX + 1);
    } else if (input.startsWith("@")) {
      Path file = Path.of(input.substring(1));
      if (!Files.isRegularFile(file)) {
        throw Fault.of(Fault.Code.NOT_FOUND, "there is no file " + file).toException();
      }
      bytes = Files.readAllBytes(file);
    } else {
      bytes = input.getBytes(StandardCharsets.UTF_8);
    }
    if (bytes.length > INPUT_BYTES_MAX) {
      throw Fault.of(Fault.Code.TOO_LARGE, "the input is over 16 MiB").toException();
    }
    return bytes;
  }

  private Optional<Value> askRunning(Value value) {
    return ControlClient.ask(
        definition.stateDir(),
        ControlWords.dict(
            "do", Value.text("call"),
            "operation", Value.text(operation),
            "timeout_ms", Value.integer(timeoutSeconds * 1000L),
            "input", value));
  }

  private int print(Value answer) {
    Value fault = answer.field("fault");
    if (fault == Value.Absent.ABSENT) {
      return printReply(answer.field("reply"));
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        json
            ? Json.pretty(answer)
            : "error[" + fault.fieldText("code") + "]: " + fault.fieldText("message"));
    err.flush();
    return ExitCode.FINDINGS;
  }

  private int printReply(Value reply) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(Json.pretty(reply == Value.Absent.ABSENT ? Value.Null.NULL : reply));
    out.flush();
    return ExitCode.OK;
  }

  private int failed(Fault fault, int exitCode) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(json ? Json.pretty(ControlWords.fault(fault)) : Output.fault(fault));
    err.flush();
    return exitCode;
  }
}
