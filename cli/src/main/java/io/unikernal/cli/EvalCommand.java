package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import io.unikernal.udl.Evaluator;
import io.unikernal.udl.Evaluator.Result;
import io.unikernal.udl.FunctionList;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "eval",
    description = "Evaluates an expression, on JSON that is named input, and prints JSON.",
    footer = {
      "",
      "Without --type the input has the type that it looks like. With --lines every line of the input",
      "is one document; what is wrong with a line is said with its number, and the others go on.",
      "Exit codes: 0 ok, 1 the expression or an input is wrong, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal eval '1 + 2'",
      "  unikernal eval 'input.items.map(i, i.qty)' --input order.json",
      "  unikernal eval --lines --filter 'input.total > 100' < orders.jsonl",
      "  unikernal eval --functions",
    })
final class EvalCommand implements Callable<Integer> {
  private static final int DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "EXPR", description = "The expression, in CEL.")
  private String expression = "";

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Holds the input, or - for standard input; with --lines that is the default.")
  private Optional<String> input = Optional.empty();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "The input's type, as a definition writes it; then inputs are checked too.")
  private Optional<String> type = Optional.empty();

  @Option(
      names = "--definition",
      paramLabel = "DEFINITION",
      description = "A definition whose functions may be called, and whose types --type may name.")
  private Optional<Path> definition = Optional.empty();

  @Option(names = "--lines", description = "The input is JSON lines; one answer for each.")
  private boolean lines;

  @Option(
      names = "--filter",
      description = "With --lines: print the lines for which the expression is true.")
  private boolean filter;

  @Option(
      names = "--functions",
      description = "List the functions and operators, those of --definition too, and end.")
  private boolean functions;

  @Option(names = "--explain", description = "Print the types of the input and of the value too.")
  private boolean explain;

  @Option(names = "--json", description = "Print findings as JSON too.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (expression.isEmpty() && !functions) {
      throw new ParameterException(spec.commandLine(), "Say which expression, or --functions.");
    }
    if (filter && !lines) {
      throw new ParameterException(spec.commandLine(), "--filter goes with --lines.");
    }
    Evaluator evaluator;
    if (type.isPresent() || definition.isPresent()) {
      switch (Evaluator.made(expression, type, definition, System.getenv())) {
        case Evaluator.Made.Ready(var ready) -> evaluator = ready;
        case Evaluator.Made.Refused(var rendered) -> {
          return failed(rendered.text(DefinitionArgument.color()), rendered.json());
        }
      }
    } else {
      evaluator = Evaluator.inferring(expression);
    }
    if (functions) {
      out.print(json ? FunctionList.json(evaluator) + "\n" : FunctionList.text(evaluator));
      out.flush();
      return ExitCode.OK;
    }
    if (lines) {
      try (InputStream stream = open(input.orElse("-"))) {
        return lines(evaluator, new BufferedInputStream(stream), out);
      }
    }
    if (input.isEmpty()) {
      return one(evaluator.evaluate(), out);
    }
    try (InputStream stream = open(input.get())) {
      return one(evaluator.evaluate(stream.readNBytes(DOCUMENT_BYTES_MAX)), out);
    }
  }

  private InputStream open(String name) throws IOException {
    if (name.equals("-")) {
      return System.in;
    }
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), "There is no file " + file + ".");
    }
    return Files.newInputStream(file);
  }

  private int one(Result result, PrintWriter out) {
    return switch (result) {
      case Result.Gives gives -> {
        if (explain) {
          explain(gives, out);
        } else {
          out.println(gives.masked());
        }
        out.flush();
        yield ExitCode.OK;
      }
      case Result.Wrong(var rendered) ->
          failed(rendered.text(DefinitionArgument.color()), rendered.json());
      case Result.Failed(var fault) ->
          failed(Output.fault(fault) + "\n", Json.pretty(ControlWords.fault(fault)));
    };
  }

  private void explain(Result.Gives gives, PrintWriter out) {
    if (json) {
      out.println(
          Json.pretty(
              ControlWords.dict(
                  "value", Value.text(gives.masked()),
                  "type", Value.text(gives.type()),
                  "input_type", Value.text(gives.inputType()))));
    } else {
      out.println("input  " + gives.inputType());
      out.println("type   " + gives.type());
      out.println("value  " + gives.masked());
    }
  }

  private int failed(String text, String asJson) {
    PrintWriter err = spec.commandLine().getErr();
    err.print(json ? asJson + "\n" : text);
    err.flush();
    return ExitCode.FINDINGS;
  }

  /** One line after the other, so that a stream of any length takes the memory of one line. */
  private int lines(Evaluator evaluator, InputStream stream, PrintWriter out) throws IOException {
    boolean isGood = true;
    var line = new ByteArrayOutputStream();
    for (long number = 1; read(stream, line); number++) {
      byte[] bytes = line.toByteArray();
      if (new String(bytes, StandardCharsets.UTF_8).isBlank()) {
        continue;
      }
      if (bytes.length > DOCUMENT_BYTES_MAX) {
        isGood = false;
        note(number, "is over 16 MiB");
        continue;
      }
      isGood &= line(evaluator.evaluate(bytes), number, bytes, out);
    }
    out.flush();
    return isGood ? ExitCode.OK : ExitCode.FINDINGS;
  }

  private boolean line(Result result, long number, byte[] bytes, PrintWriter out) {
    switch (result) {
      case Result.Gives gives when filter -> {
        if (gives.value() instanceof Value.Bool isKept) {
          if (isKept.value()) {
            out.println(new String(bytes, StandardCharsets.UTF_8).strip());
          }
          return true;
        }
        note(number, "the expression is no condition: it gives `" + gives.type() + "`");
        return false;
      }
      case Result.Gives gives -> {
        out.println(Evaluator.line(gives));
        return true;
      }
      case Result.Wrong(var rendered) -> {
        note(number, json ? rendered.json() : rendered.text(DefinitionArgument.color()));
        return false;
      }
      case Result.Failed(var fault) -> {
        note(number, Output.fault(fault));
        return false;
      }
    }
  }

  private void note(long number, String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("line " + number + ": " + what.stripTrailing());
    err.flush();
  }

  /** False at the end. What is over the limit is read past, and shows by its length. */
  private static boolean read(InputStream stream, ByteArrayOutputStream line) throws IOException {
    line.reset();
    int next = stream.read();
    if (next < 0) {
      return false;
    }
    while (next >= 0 && next != '\n') {
      if (line.size() <= DOCUMENT_BYTES_MAX) {
        line.write(next);
      }
      next = stream.read();
    }
    return true;
  }
}
