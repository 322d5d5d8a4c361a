package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Calls targets of several members. */
final class Targets {
  /** Among the details of a fault of all: those of the other members. */
  static final String OTHERS = "others";

  private final Engine engine;
  private final Choices choices;
  private final Together together;
  private final Listener listener;

  Targets(Engine engine, Together together, Listener listener, Engine.Parts parts) {
    this.engine = engine;
    this.choices = parts.choices(this, together);
    this.together = together;
    this.listener = listener;
  }

  /** {@code given} is what came. The frame's slots of the target are written. */
  Value call(Several target, Value given, Frame frame, Work work) throws InterruptedException {
    frame.set(target.slots().given(), given);
    return switch (target) {
      case Several.Choose choose -> choose(choose, frame, work);
      case Several.All all -> all(all, frame, work);
      case Several.First first -> first(first, frame, work);
      case Several.Fallback fallback -> fallback(fallback, frame, work);
    };
  }

  private Value choose(Several.Choose target, Frame frame, Work work) throws InterruptedException {
    if (target.shadow().isEmpty()) {
      return choices.choose(target, frame, work);
    }
    var shadow = target.shadow().get();
    var copy =
        shadow.begin(
            engine,
            listener,
            frame,
            work.task(),
            (own, inner) -> member(target, shadow.member(), own, inner));
    boolean isAnswered = false;
    try {
      var answer = choices.choose(target, frame, work);
      copy.real(answer);
      isAnswered = true;
      return answer;
    } catch (Ended e) {
      copy.real(Value.Absent.ABSENT);
      isAnswered = true;
      throw e;
    } finally {
      if (!isAnswered) {
        copy.none();
      }
    }
  }

  private Value all(Several.All target, Frame frame, Work work) throws InterruptedException {
    var members = target.members();
    var answers = new Value[members.size()];
    together.all(
        names(members),
        work,
        (index, inner) -> answers[index] = kept(target, index, frame.copy(), inner));
    var list = List.of(answers);
    return list.stream().allMatch(one -> one == Value.Null.NULL)
        ? Value.Null.NULL
        : new Value.Items(list);
  }

  private Value first(Several.First target, Frame frame, Work work) throws InterruptedException {
    var members = target.members();
    var answers = new Value[members.size()];
    var race =
        together.first(
            names(members),
            work,
            (index, inner) -> {
              try {
                answers[index] = kept(target, index, frame.copy(), inner);
              } catch (RuntimeException e) {
                report(inner, target, index, e);
                throw e;
              }
            });
    return switch (race) {
      case Together.Race.Won(var index) -> answers[index];
      case Together.Race.Lost(var failures, var last) -> throw lost(target, failures, last);
    };
  }

  /** A pipeline that drops what came has succeeded, and answers nothing. */
  private Value kept(Several target, int index, Frame frame, Work work)
      throws InterruptedException {
    try {
      return member(target, target.members().get(index), frame, work);
    } catch (Ended _) {
      return Value.Absent.ABSENT;
    }
  }

  private Value fallback(Several.Fallback target, Frame frame, Work work)
      throws InterruptedException {
    var failures = new ArrayList<Throwable>();
    var members = target.members();
    for (int i = 0; ; i++) {
      work.goOn();
      int mark = work.saga().mark();
      try {
        return member(target, members.get(i), frame, work);
      } catch (Ended e) {
        throw e;
      } catch (RuntimeException e) {
        failures.add(e);
        boolean isStopped = engine.isStopped(work);
        boolean isLast = i == members.size() - 1;
        if (isStopped || isCallers(Failure.faultOf(e).code()) || isLast) {
          throw isLast && !isStopped ? lost(target, failures, i) : e;
        }
        engine.aside().undo(work, mark, e);
        report(work, target, i, e);
      }
    }
  }

  /** Another member would say the same: it is what came, or who asks, that is wrong. */
  static boolean isCallers(Fault.Code code) {
    return switch (code) {
      case MALFORMED, TOO_LARGE, UNSUPPORTED, UNAUTHENTICATED, FORBIDDEN, INVALID, CANCELLED ->
          true;
      case NO_ROUTE, NOT_FOUND, OVERLOADED, DISCONNECTED, REJECTED, TIMEOUT, INTERNAL -> false;
    };
  }

  Value member(Several target, Several.Member member, Frame frame, Work work)
      throws InterruptedException {
    var input = member.with().evaluate(frame);
    Value answer;
    try {
      answer =
          switch (member.aim()) {
            case Several.Aim.ToCallee(var callee, var policies) -> {
              yield engine.callAdmitted(callee, policies, input, work);
            }
            case Several.Aim.ToGraph(var graph) -> engine.run(graph, input, work);
            case Several.Aim.ToSeveral(var several) -> call(several, input, frame, work);
          };
    } catch (Ended e) {
      throw e;
    } catch (RuntimeException e) {
      var operation = member.aim() instanceof Several.Aim.ToCallee ? member.aim().text() : "";
      throw Failure.at(e, "", operation, target.origin());
    }
    frame.set(target.slots().answered(), answer);
    return member.answer().evaluate(frame);
  }

  private void report(Work work, Several target, int index, RuntimeException thrown) {
    if (work.scope().anyReason().isPresent()) {
      return; // stopped: the fault is only how that shows
    }
    listener.on(
        new Listener.Event.AttemptFailed(
            work.task().route(),
            target.members().get(index).aim().text(),
            index + 1,
            Failure.reported(thrown),
            Duration.ZERO,
            Failure.origin(thrown, target.origin())));
  }

  private static List<String> names(List<Several.Member> members) {
    return members.stream().map(member -> member.aim().text()).toList();
  }

  /** The fault of the last, or of the first that says more than that it could not be reached. */
  private static RuntimeException lost(Several target, List<Throwable> failures, int last) {
    int telling = last;
    for (int i = 0; i < failures.size(); i++) {
      if (!Failure.faultOf(failures.get(i)).retryable()) {
        telling = i;
        break;
      }
    }
    if (failures.size() == 1 && failures.getFirst() instanceof RuntimeException only) {
      return only;
    }
    var others = new ArrayList<Value>();
    for (int i = 0; i < failures.size(); i++) {
      if (i != telling) {
        var fault = Failure.faultOf(failures.get(i));
        var other = new LinkedHashMap<String, Value>();
        other.put("member", Value.text(target.members().get(i).aim().text()));
        other.put("code", Value.text(fault.code().name()));
        other.put("message", Value.text(fault.message()));
        others.add(new Value.Dict(other));
      }
    }
    var thrown = failures.get(telling);
    var fault = Failure.faultOf(thrown);
    var details = new LinkedHashMap<>(fault.details().fields());
    details.put(OTHERS, new Value.Items(others));
    var all = fault.withDetails(new Value.Dict(details));
    return thrown instanceof Failure failure
        ? failure.with(all)
        : Failure.at(all.toException(thrown), "", "", target.origin());
  }
}
