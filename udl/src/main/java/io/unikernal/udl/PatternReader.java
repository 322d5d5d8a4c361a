package io.unikernal.udl;

import io.unikernal.model.Conform;
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

/** What a test expects of a value, checked against the value's type. */
final class PatternReader {
  private final Diagnostics diagnostics;

  PatternReader(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  ValuePattern read(Node node, Type type) {
    Type core = type.core();
    return switch (node) {
      case Scalar scalar when scalar.text().equals("*") -> new ValuePattern.Anything();
      case Scalar scalar when scalar.isNull() -> new ValuePattern.Exactly(Value.Null.NULL);
      case Mapping mapping when isOfFields(core) -> fields(mapping, core);
      case Sequence sequence when core instanceof Type.ListOf || core == Type.Simple.ANY ->
          items(sequence, core instanceof Type.ListOf(var of, var _) ? of : Type.Simple.ANY);
      case Scalar _, Sequence _, Mapping _ -> literal(node, type);
    };
  }

  private static boolean isOfFields(Type core) {
    return core instanceof Type.Record
        || core instanceof Type.MapOf
        || core instanceof Type.Union
        || core == Type.Simple.ANY;
  }

  private ValuePattern fields(Mapping mapping, Type core) {
    SequencedMap<String, ValuePattern> fields = new LinkedHashMap<>();
    for (Entry entry : mapping.entries()) {
      Type field = Typing.fieldOf(core, entry.name()).orElse(Type.Simple.ANY);
      if (core instanceof Type.Record record && record.field(entry.name()).isEmpty()) {
        unknown(entry, record);
      }
      fields.put(entry.name(), read(entry.value(), field));
    }
    return new ValuePattern.Fields(fields);
  }

  private void unknown(Entry entry, Type.Record record) {
    List<String> known = record.fields().stream().map(Type.Field::name).toList();
    String type = record.name().isEmpty() ? "the value" : "`" + record.name() + "`";
    var finding =
        diagnostics
            .error(
                Code.UNKNOWN_FIELD,
                entry.key().place(),
                type + " has no field `" + entry.name() + "`")
            .label(Suggestions.label(entry.name(), known));
    Suggestions.closest(entry.name(), known)
        .ifPresent(better -> finding.edit(entry.key().place(), better));
  }

  private ValuePattern items(Sequence sequence, Type element) {
    var items = new ArrayList<ValuePattern>();
    sequence.items().forEach(item -> items.add(read(item, element)));
    return new ValuePattern.Items(List.copyOf(items));
  }

  private ValuePattern literal(Node node, Type type) {
    return switch (NodeValues.read(node, type)) {
      case Conform.Result.Fits(var value) -> new ValuePattern.Exactly(value);
      case Conform.Result.Breaks(var violations) -> {
        String what = node instanceof Scalar scalar ? "`" + scalar.text() + "`" : node.kind();
        diagnostics
            .error(Code.LITERAL_MISFIT, node.place(), what + " is no `" + type + "`")
            .label(NodeValues.first(violations));
        yield new ValuePattern.Anything();
      }
    };
  }
}
