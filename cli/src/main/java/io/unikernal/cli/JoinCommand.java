package io.unikernal.cli;

import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "join",
    description = "Lets a worker that you start yourself do calls of a system that runs.",
    footer = {
      "",
      "The command gets UNIKERNAL_SOCKET, UNIKERNAL_TOKEN and UNIKERNAL_WORKER, by which an SDK",
      "finds the kernel; without a command they are printed. An invitation holds for one worker and a",
      "minute. A worker that ends has left; nobody starts it again. `instances: 0` in the definition",
      "starts none of its own.",
      "Exit codes: the command's, 1 nobody can join, 2 usage, 3 the command cannot be started.",
      "",
      "Examples:",
      "  unikernal join pricing -- python3 -m unikernal serve pricing.py",
      "  unikernal join -d orders.udl.yaml pricing -- python3 -m pdb -m unikernal serve pricing.py",
      "  env $(unikernal join pricing) ./my-worker",
    })
final class JoinCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private RunningArgument running = new RunningArgument();

  @Parameters(index = "0", paramLabel = "SYSTEM", description = "A system of workers.")
  private String system = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "What starts the worker, after --.")
  private List<String> command = List.of();

  @Override
  public Integer call() throws InterruptedException {
    Value invitation;
    try {
      invitation =
          running
              .ask(ControlWords.dict("do", Value.text("join"), "system", Value.text(system)))
              .field("reply");
    } catch (FaultException e) {
      spec.commandLine().getErr().println(Output.fault(e.fault()));
      spec.commandLine().getErr().flush();
      return ExitCode.FINDINGS;
    }
    if (!command.isEmpty()) {
      return run(invitation);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("UNIKERNAL_SOCKET=" + invitation.fieldText("socket"));
    out.println("UNIKERNAL_TOKEN=" + invitation.fieldText("token"));
    out.println("UNIKERNAL_WORKER=" + system);
    out.flush();
    return ExitCode.OK;
  }

  private int run(Value invitation) throws InterruptedException {
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("UNIKERNAL_SOCKET", invitation.fieldText("socket"));
    builder.environment().put("UNIKERNAL_TOKEN", invitation.fieldText("token"));
    builder.environment().put("UNIKERNAL_WORKER", system);
    try {
      Process worker = builder.start();
      var ending = new Thread(worker::destroy); // Ctrl-C ends both
      Runtime.getRuntime().addShutdownHook(ending);
      return worker.waitFor();
    } catch (IOException e) {
      spec.commandLine()
          .getErr()
          .println("cannot start " + command.getFirst() + ": " + e.getMessage());
      spec.commandLine().getErr().flush();
      return ExitCode.ENVIRONMENT;
    }
  }
}
