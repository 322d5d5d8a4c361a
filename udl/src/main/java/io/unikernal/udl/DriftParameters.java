package io.unikernal.udl;

import io.unikernal.model.Assign;
import io.unikernal.model.Type;
import io.unikernal.spi.Reality;
import io.unikernal.spi.Reality.Misfit;
import io.unikernal.spi.Reality.Parameter;
import io.unikernal.udl.Node.Mapping;
import java.util.List;
import java.util.Optional;

/** Compares what routes and steps give to a statement with what the database takes. */
final class DriftParameters {
  private final DriftPlaces places;
  private final Typing typing;
  private final Diagnostics diagnostics;
  private final String id;

  DriftParameters(DriftPlaces places, Typing typing, Diagnostics diagnostics) {
    this.places = places;
    this.typing = typing;
    this.diagnostics = diagnostics;
    id = "`" + places.operation().id() + "`";
  }

  void check(Reality.Statement statement) {
    List<Typing.Edge> edges = typing.givenTo(places.operation().input());
    List<Type> givens = edges.stream().map(edge -> edge.from().type()).distinct().toList();
    for (Typing.Edge edge : edges) {
      int index = givens.indexOf(edge.from().type());
      List<Misfit> misfits =
          statement.misfits().stream().filter(misfit -> misfit.given() == index).toList();
      misfits.forEach(misfit -> refused(edge, misfit));
      statement.parameters().stream()
          .filter(parameter -> misfits.isEmpty())
          .distinct()
          .forEach(parameter -> compare(edge, parameter));
    }
  }

  private void refused(Typing.Edge edge, Misfit misfit) {
    String given =
        Typing.fieldOf(edge.from().type(), misfit.parameter())
            .map(type -> "`:" + misfit.parameter() + "` gets `" + type.core() + "`")
            .orElse("");
    diagnostics
        .error(
            Code.DRIFT_PARAMETER,
            place(edge, misfit.parameter()),
            id + " cannot take what " + edge.giver() + " gives: " + misfit.message())
        .label(given)
        .hint(misfit.hint());
  }

  /** Only what the database takes and makes something else of; what it refuses is told already. */
  private void compare(Typing.Edge edge, Parameter parameter) {
    Optional<Type> found = Typing.fieldOf(edge.from().type(), parameter.name());
    Type wanted = parameter.type().core();
    // As text it takes the text form of everything.
    if (found.isEmpty() || wanted instanceof Type.Text || wanted == Type.Simple.ANY) {
      return;
    }
    Type given = found.get().core();
    List<Assign.Reason> reasons = reasons(given, wanted);
    if (!reasons.isEmpty()) {
      boolean isText = given instanceof Type.Text;
      diagnostics
          .warning(
              Code.DRIFT_PARAMETER,
              place(edge, parameter.name()),
              id
                  + " takes `:"
                  + parameter.name()
                  + "` as `"
                  + parameter.kind()
                  + "`, and "
                  + edge.giver()
                  + " gives `"
                  + given
                  + "`")
          .label(
              isText
                  ? "a text that is no `" + wanted + "` fails when it comes"
                  : String.join("; ", reasons.stream().map(Typing::reason).toList()));
    }
  }

  private static List<Assign.Reason> reasons(Type given, Type wanted) {
    return switch (Assign.check(given, wanted)) {
      case Assign.Verdict.Fits() -> List.of();
      // Of all that depends on the value, only symbols that the database does not have are known.
      case Assign.Verdict.Checked(var reasons) ->
          given instanceof Type.Enum && wanted instanceof Type.Enum ? reasons : List.of();
      case Assign.Verdict.Refused(var reasons) -> reasons;
    };
  }

  /** What is written for the parameter, else all that is given. */
  private static Place place(Typing.Edge edge, String parameter) {
    return edge.node().orElse(null) instanceof Mapping mapping
        ? mapping.get(parameter).map(Node::place).orElse(edge.place())
        : edge.place();
  }
}
