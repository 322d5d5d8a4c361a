package io.unikernal.udl;

import io.unikernal.model.Assign;
import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.spi.Describes;
import io.unikernal.spi.Describes.Description;
import io.unikernal.spi.OperationRule.Result.Shaped;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.PolicyBuilder.Use;
import io.unikernal.udl.SystemReader.Read;
import io.unikernal.udl.SystemReader.Written;
import io.unikernal.udl.SystemTable.Declared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks systems what they offer, all at once, and joins that with what is declared. */
final class Describer {
  private final Path cacheDir;
  private final UdlCompiler.Options options;
  private final PolicyTable policies;
  private final Diagnostics diagnostics;

  Describer(
      Path stateDir, UdlCompiler.Options options, PolicyTable policies, Diagnostics diagnostics) {
    cacheDir = stateDir.resolve("cache");
    this.options = options;
    this.policies = policies;
    this.diagnostics = diagnostics;
  }

  /** Gives each system its operations. */
  void complete(List<Read> systems) throws InterruptedException {
    Map<Declared, Description> descriptions = ask(systems);
    for (Read read : systems) {
      Optional<Description> description = Optional.ofNullable(descriptions.get(read.system()));
      Session session = diagnostics.session();
      session.follow(
          read.trail(),
          diagnostics,
          () -> {
            complete(read, description);
            guard(read.system());
            return read;
          });
      keep(read, session);
    }
  }

  /** What code says of itself may be something else the next time. */
  private static void keep(Read read, Session session) {
    Declared system = read.system();
    boolean isKnown = !system.isOpen && !system.isBroken && !SystemTable.describes(system);
    if (session.isLasting() && isKnown && read.trail().isGood()) {
      session.systems().put(system.name(), new Session.Kept<>(system.entry, system, read.trail()));
    }
  }

  /** What is written at a system is typed for each of its operations. */
  private void guard(Declared system) {
    system
        .operations
        .values()
        .forEach(op -> {
          boolean isKnown = op.operation().effect().kind() != Effect.Kind.UNKNOWN;
          String who = SystemTable.describes(system) ? "said by the function" : "known by ";
          String by = who.endsWith(" ") ? who + "`" + system.type() + "`" : who;
          system.effectsBy.putIfAbsent(op.operation().id(), isKnown ? by : "nobody said");
          String what = "operation `" + op.operation().id() + "`";
          policies.at(
              system.written, Use.ofOperation(Guards.Level.SYSTEM, what, op.operation().input()));
        });
    boolean receives =
        system.isOpen
            || system.operations.values().stream()
                .anyMatch(op -> op.operation().direction() == Operation.Direction.RECEIVES);
    if (!receives) {
      String what = "system `" + system.name() + "`, of which nothing is received";
      system.written.forEach(written -> policies.refuseOfReceived(written, what));
    }
    system.own =
        policies.at(
            system.written,
            Use.ofOperation(
                Guards.Level.SYSTEM, "system `" + system.name() + "`", Type.Simple.ANY));
    boolean isCalled =
        system.isOpen
            || system.operations.values().stream()
                .anyMatch(op -> op.operation().direction() == Operation.Direction.CALLED);
    system.policies = isCalled ? Guards.merge(system.own, policies.ofCalls()) : system.own;
  }

  private void complete(Read read, Optional<Description> description) {
    if (description.orElse(null) instanceof Description.Described(var operations)) {
      merge(read, operations);
      return;
    }
    if (description.orElse(null) instanceof Description.Failed(var problems)) {
      read.system().isBroken = true;
      problems.forEach(problem -> failed(read.system(), problem));
    }
    read.system().isOpen = SystemTable.describes(read.system()) && !read.system().isBroken;
    read.operations().values().forEach(written -> declare(read.system(), written));
  }

  private Map<Declared, Description> ask(List<Read> systems) throws InterruptedException {
    var descriptions = new LinkedHashMap<Declared, Description>();
    var asked = new LinkedHashMap<Declared, Future<Description>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Read read : systems) {
        Declared system = read.system();
        if (system.isBroken || !(system.adapter.orElse(null) instanceof Describes describes)) {
          continue;
        }
        var request =
            new Describes.Request(
                system.name(), system.config, system.place().source().folder(), cacheDir);
        if (options.offline()) {
          recall(describes, request).ifPresent(known -> descriptions.put(system, known));
        } else {
          Callable<Description> question = () -> describes.describe(request);
          asked.put(system, threads.submit(question));
        }
      }
      for (var entry : asked.entrySet()) {
        descriptions.put(entry.getKey(), answer(entry.getValue()));
      }
    }
    return descriptions;
  }

  private Optional<Description> recall(Describes describes, Describes.Request request) {
    return options.remembers()
        ? diagnostics.session().described(request, describes)
        : Optional.empty();
  }

  private static Description answer(Future<Description> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      if (cause instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      return new Description.Failed(List.of(new Describes.Problem("", 0, message, "")));
    }
  }

  private void failed(Declared system, Describes.Problem problem) {
    String where = problem.file() + (problem.line() > 0 ? ":" + problem.line() : "");
    diagnostics
        .error(Code.DESCRIBE_FAILED, path(system), problem.message())
        .label(problem.file().isEmpty() ? "" : "in " + where)
        .hint(problem.hint());
  }

  /** Where the system says what it runs. */
  static Place path(Declared system) {
    return Optional.of(system.entry.value())
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .flatMap(mapping ->
            mapping
                .get("path")
                .or(() -> mapping.get("connection"))
                .or(() -> mapping.get("url"))
                .or(() -> mapping.get("listen")))
        .map(Node::place)
        .orElse(system.place());
  }

  private void declare(Declared system, Written written) {
    Shaped shaped = written.shaped().orElseThrow();
    Shaped effective = written.effect().map(effect -> withEffect(shaped, effect)).orElse(shaped);
    put(system, written, effective);
  }

  private void put(Declared system, Written written, Shaped shaped) {
    String id = system.name() + "." + written.entry().name();
    String what = "operation `" + id + "`";
    // What a source receives is what comes to its routes.
    Use use =
        shaped.direction() == Operation.Direction.RECEIVES
            ? Use.of(Guards.Level.OPERATION, what, shaped.input())
            : Use.ofOperation(Guards.Level.OPERATION, what, shaped.input());
    system.operations.put(
        written.entry().name(),
        SystemTable.operation(
            system,
            written.entry().name(),
            shaped,
            written.options(),
            policies.at(written.policies(), use),
            written.entry().key().place()));
    if (written.effect().isPresent()) {
      system.effectsBy.put(id, "declared");
    }
  }

  private void merge(Read read, Map<String, Shaped> described) {
    Declared system = read.system();
    for (Written written : read.operations().values()) {
      String name = written.entry().name();
      Shaped offered = described.get(name);
      if (offered == null) {
        system.broken.add(name);
        Suggestions.offer(
            diagnostics.error(
                Code.NOT_DESCRIBED,
                written.entry().key().place(),
                "`" + system.name() + "` has no function `" + name + "`"),
            written.entry().key().place(),
            name,
            described.keySet());
      } else {
        put(system, written, join(system, written, offered));
      }
    }
    described.forEach((name, shaped) -> {
      if (!system.operations.containsKey(name) && !system.broken.contains(name)) {
        system.operations.put(
            name,
            SystemTable.operation(system, name, shaped, Config.EMPTY, List.of(), system.place()));
      }
    });
  }

  private Shaped join(Declared system, Written written, Shaped offered) {
    compare(system, written, "takes", offered.input(), written.input(), offered.input());
    compare(system, written, "gives", offered.output(), offered.output(), written.output());
    Effect effect = offered.effect();
    if (written.effect().isPresent()) {
      boolean isConflict =
          effect.kind() != Effect.Kind.UNKNOWN && !effect.equals(written.effect().get());
      if (isConflict) {
        conflict(written, "the function says that its effect is `" + effect + "`");
      }
      effect = written.effect().get();
    }
    Shaped said = written.shaped().orElse(offered);
    return new Shaped(
        offered.direction(),
        written.input() == Type.Simple.ANY ? offered.input() : written.input(),
        written.output() == Type.Simple.ANY ? offered.output() : written.output(),
        effect,
        offered.capabilities(),
        said.doc().isEmpty() ? offered.doc() : said.doc());
  }

  private void compare(
      Declared system, Written written, String verb, Type offered, Type from, Type to) {
    if (from == Type.Simple.ANY || to == Type.Simple.ANY) {
      return;
    }
    if (Assign.check(from, to) instanceof Assign.Verdict.Refused(var reasons)) {
      var texts = new ArrayList<String>();
      reasons.forEach(reason -> texts.add(Typing.reason(reason)));
      String id = system.name() + "." + written.entry().name();
      conflict(written, "`" + id + "` " + verb + " `" + offered + "`: " + String.join("; ", texts));
    }
  }

  private void conflict(Written written, String message) {
    Entry entry = written.entry();
    diagnostics
        .error(
            Code.DESCRIBE_CONFLICT,
            entry.key().place(),
            "`" + entry.name() + "` is declared otherwise than the function is")
        .label(message);
  }

  private static Shaped withEffect(Shaped shaped, Effect effect) {
    return new Shaped(
        shaped.direction(),
        shaped.input(),
        shaped.output(),
        effect,
        shaped.capabilities(),
        shaped.doc());
  }
}
