package io.unikernal.udl;

import io.unikernal.model.Assign;
import io.unikernal.model.Type;
import io.unikernal.spi.Reality;
import java.util.ArrayList;
import java.util.List;

/** Compares a function as the definition was checked against with the one that runs. */
final class DriftSignature {
  private final DriftPlaces places;
  private final Diagnostics diagnostics;

  DriftSignature(DriftPlaces places, Diagnostics diagnostics) {
    this.places = places;
    this.diagnostics = diagnostics;
  }

  void check(Reality.Function function) {
    Type input = places.operation().input();
    Type output = places.operation().output();
    List<String> takes = reasons(input, function.input());
    takes.addAll(gone(input, function.input()));
    report("takes", function.input(), takes, "params");
    report("gives", function.output(), reasons(function.output(), output), "returns");
  }

  private static List<String> reasons(Type from, Type to) {
    var texts = new ArrayList<String>();
    if (from != Type.Simple.ANY
        && to != Type.Simple.ANY
        && Assign.check(from, to) instanceof Assign.Verdict.Refused(var reasons)) {
      reasons.forEach(reason -> texts.add(Typing.reason(reason)));
    }
    return texts;
  }

  /** A parameter that is no more: a worker refuses what it does not know. */
  private static List<String> gone(Type declared, Type real) {
    if (!(declared.core() instanceof Type.Record ours)
        || !(real.core() instanceof Type.Record its)) {
      return List.of();
    }
    return ours.fields().stream()
        .filter(field -> its.field(field.name()).isEmpty())
        .map(field -> "there is no parameter `" + field.name() + "`")
        .toList();
  }

  private void report(String verb, Type real, List<String> reasons, String option) {
    if (reasons.isEmpty()) {
      return;
    }
    diagnostics
        .error(
            Code.DRIFT_SIGNATURE,
            places.of(option),
            "`"
                + places.operation().id()
                + "` "
                + verb
                + " `"
                + real
                + "` in the worker that runs, and the definition was checked against another")
        .label(String.join("; ", reasons));
  }
}
