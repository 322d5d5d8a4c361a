package io.unikernal.udl;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault.Violation;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Literals of YAML as values of a type. */
final class NodeValues {
  private NodeValues() {}

  /** The value that a node writes, or why it is none of the type. */
  static Conform.Result read(Node node, Type type) {
    Conform.Result result = Conform.check(type, of(node, type), Conform.Extra.REFUSE);
    if (result instanceof Conform.Result.Breaks
        && node instanceof Scalar scalar
        && type.core() instanceof Type core) {
      Conform.Result second = Conform.fromText(core, scalar.text());
      return second instanceof Conform.Result.Fits ? second : result;
    }
    return result;
  }

  /** As YAML says; texts stay texts where one is wanted. */
  static Value of(Node node, Type wanted) {
    Type core = wanted.core();
    return switch (node) {
      case Scalar scalar when core instanceof Type.Text || core instanceof Type.Enum ->
          scalar.isNull() ? Value.Null.NULL : Value.text(scalar.text());
      case Scalar scalar -> scalar.value();
      case Sequence sequence -> {
        Type element = core instanceof Type.ListOf(var of, var _) ? of : Type.Simple.ANY;
        var items = new ArrayList<Value>();
        sequence.items().forEach(item -> items.add(of(item, element)));
        yield new Value.Items(items);
      }
      case Mapping mapping -> {
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        for (Entry entry : mapping.entries()) {
          Type type = Typing.fieldOf(wanted, entry.name()).orElse(Type.Simple.ANY);
          fields.put(entry.name(), of(entry.value(), type));
        }
        yield new Value.Dict(fields);
      }
    };
  }

  /** The first of them, for the words beside a caret. */
  static String first(List<Violation> violations) {
    if (violations.isEmpty()) {
      return "";
    }
    Violation first = violations.getFirst();
    return (first.path().isEmpty() ? "" : "`" + first.path() + "`: ") + first.message();
  }
}
