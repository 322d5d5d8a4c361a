package io.unikernal.expr;

import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A function that a definition declares. A call runs its body on a frame of its own: bodies are
 * compiled once, however often they are called, and an error keeps its place in the body.
 */
public final class UserFunction {
  private final String name;
  private final List<Parameter> parameters;
  private final String place;
  private final String doc;
  private final Body body;
  private final Expression plain;
  private final Map<List<Set<Label>>, Type> labelled = new HashMap<>();

  public record Parameter(String name, Type type) {}

  /** Makes the body for parameters of these types: the declared ones, or those with more labels. */
  @FunctionalInterface
  public interface Body {
    Expression of(List<Type> types);
  }

  /**
   * @param place where the body stands, as {@code orders.udl.yaml:12}
   * @param doc a text for people; may be empty
   */
  public UserFunction(
      String name, List<Parameter> parameters, String place, String doc, Body body) {
    this.name = name;
    this.parameters = List.copyOf(parameters);
    this.place = place;
    this.doc = doc;
    this.body = body;
    plain = body.of(types());
  }

  public String name() {
    return name;
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  Expression body() {
    return plain;
  }

  /** What it gives; with the labels that it has whatever it is called with. */
  public Type result() {
    return plain.type();
  }

  public String place() {
    return place;
  }

  public String doc() {
    return doc;
  }

  /** As {@code gross(net: decimal(12,2), rate: decimal(4,3)) -> decimal(12,2)}. */
  public String signature() {
    return head() + " -> " + result();
  }

  String head() {
    return parameters.stream()
        .map(parameter -> parameter.name() + ": " + parameter.type())
        .collect(Collectors.joining(", ", name + "(", ")"));
  }

  private List<Type> types() {
    return parameters.stream().map(Parameter::type).toList();
  }

  /**
   * What a call with arguments of these types gives: labels that an argument has and its parameter
   * has not flow through the body as they would if it were written in place of the call.
   */
  Type result(List<Type> arguments) {
    var labels = new ArrayList<Set<Label>>();
    arguments.forEach(type -> labels.add(LabelRules.outer(type)));
    Type known = labelled.get(labels);
    if (known == null) {
      known = arguments.equals(types()) ? result() : body.of(arguments).type();
      labelled.put(labels, known);
    }
    return known;
  }

  /** {@code caller} pays for what it takes. */
  Value run(Value[] arguments, Span call, Evaluation caller) {
    caller.step();
    var frame = new Frame(arguments.length, caller.frame.ambient());
    for (int i = 0; i < arguments.length; i++) {
      frame.set(i, arguments[i]);
    }
    return plain instanceof IrExpression ours
        ? ours.called(frame, caller, " of function `" + name + "` (" + place + "), called in", call)
        : plain.evaluate(frame);
  }
}
