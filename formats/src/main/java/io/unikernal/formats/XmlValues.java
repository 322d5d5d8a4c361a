package io.unikernal.formats;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** What elements mean: texts stand for what the type says; nothing is fitted to it yet. */
final class XmlValues {
  private XmlValues() {}

  static Value value(XmlOptions options, Type type, XmlNode node) {
    if (node.isNil() && !node.hasElements() && !node.hasText()) {
      return Value.Null.NULL;
    }
    Type core = type.core();
    return switch (core) {
      case Type.Record _, Type.MapOf _ -> fields(options, core, node);
      case Type.Union union -> fields(options, member(union, node), node);
      case Type.ListOf _, Type.StreamOf _ -> list(options, Texts.element(core), node);
      case Type.Simple simple when simple == Type.Simple.ANY -> untyped(options, node);
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _,
          Type.Maybe _,
          Type.Labelled _ ->
          isOnlyText(node) ? scalar(type, node.text()) : untyped(options, node);
    };
  }

  private static boolean isOnlyText(XmlNode node) {
    return !node.hasElements() && node.attributes().isEmpty();
  }

  private static Value scalar(Type type, String text) {
    Type core = type.core();
    boolean isExact = core instanceof Type.Text || core == Type.Simple.ANY;
    return Texts.read(type, isExact ? text : text.strip());
  }

  private static Type member(Type.Union union, XmlNode node) {
    String tag = union.tag();
    String symbol =
        node.children().containsKey(tag)
            ? node.children().get(tag).getFirst().text()
            : node.attributes().getOrDefault(tag, "");
    return union.member(symbol.strip()).<Type>map(it -> it).orElse(union);
  }

  private static Value fields(XmlOptions options, Type core, XmlNode node) {
    var fields = new LinkedHashMap<String, Value>();
    node.attributes().forEach((name, text) -> fields.put(name, scalar(type(core, name), text)));
    node.children()
        .forEach((name, all) -> {
          Value value = field(options, type(core, name), all);
          if (fields.put(name, value) != null) {
            fields.put(name, Value.Items.EMPTY); // Both an attribute and an element: fits nothing.
          }
        });
    if (node.hasText()
        && (node.hasElements() || !node.text().isBlank() || hasText(options, core))) {
      fields.put(options.text(), scalar(type(core, options.text()), node.text()));
    }
    if (core instanceof Type.Record record) {
      addEmpty(options, record, fields);
    }
    return new Value.Dict(fields);
  }

  private static boolean hasText(XmlOptions options, Type core) {
    return core instanceof Type.Record record && record.field(options.text()).isPresent();
  }

  /** What does not come is a list without items, and a text without characters. */
  private static void addEmpty(
      XmlOptions options, Type.Record record, SequencedMap<String, Value> fields) {
    for (Type.Field field : record.fields()) {
      if (!field.isRequired()) {
        continue;
      }
      if (!options.isWrapped() && Texts.isList(field.type().core())) {
        fields.putIfAbsent(field.name(), Value.Items.EMPTY);
      } else if (field.name().equals(options.text()) && field.type().core() instanceof Type.Text) {
        fields.putIfAbsent(field.name(), Value.text(""));
      }
    }
  }

  private static Type type(Type core, String name) {
    return Texts.typeOf(core, name, Texts::fieldType);
  }

  /** All elements of one name. */
  private static Value field(XmlOptions options, Type type, List<XmlNode> all) {
    Type core = type.core();
    if (Texts.isList(core) && !options.isWrapped()) {
      Type element = Texts.element(core);
      return new Value.Items(all.stream().map(it -> value(options, element, it)).toList());
    }
    if (all.size() == 1) {
      return value(options, type, all.getFirst());
    }
    // More than one where the type has one: a list, which it refuses.
    return new Value.Items(all.stream().map(it -> value(options, Type.Simple.ANY, it)).toList());
  }

  private static Value list(XmlOptions options, Type element, XmlNode node) {
    if (!node.attributes().isEmpty() || node.hasElements() && node.hasText()) {
      return untyped(options, node);
    }
    if (!node.hasElements() && !node.text().isBlank()) {
      return Value.text(node.text());
    }
    return new Value.Items(node.order().stream().map(it -> value(options, element, it)).toList());
  }

  private static Value untyped(XmlOptions options, XmlNode node) {
    return isOnlyText(node) ? Value.text(node.text()) : fields(options, Type.Simple.ANY, node);
  }
}
