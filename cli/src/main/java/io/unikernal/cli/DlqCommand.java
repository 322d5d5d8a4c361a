package io.unikernal.cli;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.ControlWords;
import io.unikernal.server.DeadLetters;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

@Command(
    name = "dlq",
    description = "Looks at, replays and drops the dead letters that the state store keeps.",
    synopsisSubcommandLabel = "list|show|replay|drop",
    subcommands = {
      DlqCommand.ListLetters.class,
      DlqCommand.Show.class,
      DlqCommand.Replay.class,
      DlqCommand.Drop.class
    },
    footer = {
      "",
      "A definition that runs is asked; else its state file is opened. A letter that is replayed",
      "leaves the store only when it is delivered.",
      "Exit codes: 0 ok, 1 a letter is not there or was not delivered, 2 usage, 3 environment.",
      "",
      "Examples:",
      "  unikernal dlq list orders.udl.yaml",
      "  unikernal dlq show orders.udl.yaml 17",
      "  unikernal dlq replay orders.udl.yaml --code disconnected",
      "  unikernal dlq drop orders.udl.yaml 17",
    })
final class DlqCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Say list, show, replay or drop.");
  }

  /** Which letters are meant. */
  static final class Chosen {
    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--route", paramLabel = "NAME", description = "Only those of this route.")
    private String route = "";

    @Option(
        names = "--code",
        paramLabel = "CODE",
        description = "Only those that failed with it, as disconnected.")
    private String code = "";

    @Option(
        names = "--older",
        paramLabel = "TIME",
        description = "Only those that failed so long ago, as 30m, 12h or 7d.")
    private String older = "";

    boolean isAny() {
      return !(route.isEmpty() && code.isEmpty() && older.isEmpty());
    }

    /** All that are meant, page by page, so that a store may be larger than an answer. */
    List<Value> find(DeadLetters letters) {
      var found = new ArrayList<Value>();
      long after = 0;
      while (true) {
        var request = request("list");
        request.put("after", Value.integer(after));
        request.put("route", Value.text(route));
        request.put("code", Value.text(code));
        if (!older.isEmpty()) {
          request.put("older_ms", Value.integer(age().toMillis()));
        }
        List<Value> page =
            letters.ask(new Value.Dict(request)) instanceof Value.Items(var items)
                ? items
                : List.of();
        if (page.isEmpty()) {
          return found;
        }
        found.addAll(page);
        after = number(page.getLast());
      }
    }

    private Duration age() {
      try {
        String text = older.toUpperCase(Locale.ROOT);
        return text.endsWith("D") ? Duration.parse("P" + text) : Duration.parse("PT" + text);
      } catch (java.time.format.DateTimeParseException _) {
        throw new ParameterException(
            spec.commandLine(), "--older takes a time as 30m, 12h or 7d, not `" + older + "`.");
      }
    }
  }

  @Command(name = "list", description = "Lists them, oldest first.")
  static final class ListLetters implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private DefinitionArgument definition = new DefinitionArgument();
    @Mixin private Chosen chosen = new Chosen();

    @Option(names = "--json", description = "Print them as JSON, complete.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      var found = new ArrayList<Value>();
      var open = DeadLetters.of(definition.stateDir(), definition::stateKeys);
      if (open.isPresent()) {
        try (var letters = open.get()) {
          found.addAll(chosen.find(letters));
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(Json.pretty(new Value.Items(found)));
      } else if (found.isEmpty()) {
        out.println("no dead letters");
      } else {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("number", "route", "failed at", "attempts", "code", "what"));
        found.forEach(letter -> rows.add(row(letter)));
        out.print(Output.table(rows));
      }
      out.flush();
      return ExitCode.OK;
    }

    private static List<String> row(Value letter) {
      Value fault = letter.field("fault");
      return List.of(
          "" + number(letter),
          letter.fieldText("route"),
          shown(letter.field("failed_at")),
          shown(letter.field("attempts")),
          fault.fieldText("code"),
          fault.fieldText("message"));
    }

    private static String shown(Value value) {
      String text =
          new String(Json.write(value), java.nio.charset.StandardCharsets.UTF_8).replace("\"", "");
      return value == Value.Absent.ABSENT ? "" : text;
    }
  }

  @Command(name = "show", description = "Prints one with its message, as JSON.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private DefinitionArgument definition = new DefinitionArgument();

    @Parameters(index = "1", paramLabel = "NUMBER", description = "As `list` prints it.")
    private long number;

    @Override
    public Integer call() throws InterruptedException {
      try (var letters =
          DeadLetters.of(definition.stateDir(), definition::stateKeys)
              .orElseThrow(() -> missing(number))) {
        spec.commandLine().getOut().println(Json.pretty(letters.ask(one("show", number))));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
      } catch (FaultException e) {
        return refused(spec, e);
      }
    }
  }

  @Command(
      name = "replay",
      description = "Carries them again, to where their routes lead now; stays until delivered.")
  static final class Replay implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private DefinitionArgument definition = new DefinitionArgument();
    @Mixin private Chosen chosen = new Chosen();

    @Parameters(index = "1", arity = "0..1", paramLabel = "NUMBER", description = "Only this one.")
    private Optional<Long> number = Optional.empty();

    @Option(names = "--all", description = "All of them.")
    private boolean all;

    @Option(names = "--json", description = "Print what became of each as JSON lines.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      checkChoice(spec, number, chosen, all);
      var adapters = AdapterCatalog.load();
      var compilation = definition.compile(adapters, false);
      if (compilation.plan().isEmpty()) {
        return DefinitionArgument.refused(spec, compilation);
      }
      var log = System.getLogger("unikernal.kernel");
      var open =
          DeadLetters.of(compilation.plan().get(), adapters, event -> Output.log(log, event));
      return each(spec, open, number, chosen, "replay", "delivered", json);
    }
  }

  @Command(name = "drop", description = "Removes them for good.")
  static final class Drop implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private DefinitionArgument definition = new DefinitionArgument();
    @Mixin private Chosen chosen = new Chosen();

    @Parameters(index = "1", arity = "0..1", paramLabel = "NUMBER", description = "Only this one.")
    private Optional<Long> number = Optional.empty();

    @Option(names = "--all", description = "All of them.")
    private boolean all;

    @Option(names = "--json", description = "Print what became of each as JSON lines.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      checkChoice(spec, number, chosen, all);
      var open = DeadLetters.of(definition.stateDir(), definition::stateKeys);
      return each(spec, open, number, chosen, "drop", "dropped", json);
    }
  }

  private static void checkChoice(
      CommandSpec spec, Optional<Long> number, Chosen chosen, boolean all) {
    if (number.isEmpty() && !chosen.isAny() && !all) {
      throw new ParameterException(
          spec.commandLine(), "Say which: a NUMBER, --route, --code, --older, or --all.");
    }
  }

  /** One after the other, with a line for each, so that an end in the middle loses nothing. */
  private static int each(
      CommandSpec spec,
      Optional<DeadLetters> open,
      Optional<Long> number,
      Chosen chosen,
      String what,
      String done,
      boolean json)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (open.isEmpty()) {
      return number.isPresent() ? refused(spec, missing(number.get())) : ExitCode.OK;
    }
    int failed = 0;
    try (var letters = open.get()) {
      var numbers =
          number
              .map(List::of)
              .orElseGet(() -> chosen.find(letters).stream().map(DlqCommand::number).toList());
      for (int i = 0; i < numbers.size(); i++) {
        Optional<Fault> fault = attempt(letters, what, numbers.get(i));
        failed += fault.isPresent() ? 1 : 0;
        print(out, numbers.get(i), i + 1, numbers.size(), fault, done, json);
      }
    }
    return failed == 0 ? ExitCode.OK : ExitCode.FINDINGS;
  }

  private static Optional<Fault> attempt(DeadLetters letters, String what, long number) {
    try {
      Value answer = letters.ask(one(what, number));
      return answer == Value.Bool.TRUE ? Optional.empty() : Optional.of(missing(number).fault());
    } catch (FaultException e) {
      return Optional.of(e.fault());
    }
  }

  private static void print(
      PrintWriter out,
      long number,
      int count,
      int all,
      Optional<Fault> fault,
      String done,
      boolean json) {
    if (json) {
      var fields = new LinkedHashMap<String, Value>();
      fields.put("number", Value.integer(number));
      fields.put("ok", Value.Bool.of(fault.isEmpty()));
      fault.ifPresent(why -> fields.put("fault", ControlWords.fault(why).field("fault")));
      out.println(
          new String(Json.write(new Value.Dict(fields)), java.nio.charset.StandardCharsets.UTF_8));
    } else {
      out.println(
          "%d of %d: letter %d %s"
              .formatted(
                  count,
                  all,
                  number,
                  fault.map(why -> "failed: " + why.code() + " " + why.message()).orElse(done)));
    }
    out.flush();
  }

  private static LinkedHashMap<String, Value> request(String what) {
    var request = new LinkedHashMap<String, Value>();
    request.put("do", Value.text("dlq"));
    request.put("what", Value.text(what));
    return request;
  }

  private static Value one(String what, long number) {
    var request = request(what);
    request.put("number", Value.integer(number));
    return new Value.Dict(request);
  }

  private static long number(Value letter) {
    return letter.field("number") instanceof Value.Int(var number) ? number : -1;
  }

  private static FaultException missing(long number) {
    return Fault.of(Fault.Code.NOT_FOUND, "there is no dead letter " + number).toException();
  }

  private static int refused(CommandSpec spec, FaultException e) {
    spec.commandLine().getErr().println(Output.fault(e.fault()));
    spec.commandLine().getErr().flush();
    return ExitCode.FINDINGS;
  }
}
