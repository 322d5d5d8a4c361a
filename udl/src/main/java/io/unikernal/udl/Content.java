package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.Expression;
import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Type;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a part of a plan says, without where it stands: two parts with one hash do the same. Records
 * are looked at by their components, so that a new kind of step or policy counts without more code.
 * Hidden values count too, and never leave here but as a hash.
 */
final class Content {
  private final StringBuilder text = new StringBuilder();
  private final Set<String> records = new HashSet<>();

  private Content() {}

  static String hash(Object part) {
    var content = new Content();
    content.add(part);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(content.text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void add(Object part) {
    switch (part) {
      case Origin _ -> text.append('-');
      // What is called is a part of its own.
      case Operation operation when !text.isEmpty() -> text.append("@").append(operation.id());
      case Type type -> type(type);
      case Expression expression -> {
        quoted(expression.text());
        type(expression.type());
      }
      case Config config -> config(config);
      case Field<?> field -> quoted(field.name());
      case Optional<?> optional -> {
        text.append('?');
        optional.ifPresent(this::add);
      }
      case Map<?, ?> map -> {
        text.append('{');
        map.forEach((key, value) -> {
          add(key);
          text.append('=');
          add(value);
        });
        text.append('}');
      }
      case Set<?> set -> add(set.stream().map(String::valueOf).sorted().toList());
      case Collection<?> items -> {
        text.append('[');
        items.forEach(item -> {
          add(item);
          text.append(',');
        });
        text.append(']');
      }
      case Record components -> components(components);
      default -> quoted(String.valueOf(part));
    }
  }

  private void components(Record part) {
    text.append(part.getClass().getSimpleName()).append('(');
    for (RecordComponent component : part.getClass().getRecordComponents()) {
      if (component.getType() != Origin.class && !component.getName().startsWith("slot")) {
        text.append(component.getName()).append('=');
        add(value(part, component));
        text.append(';');
      }
    }
    text.append(')');
  }

  private static Object value(Record part, RecordComponent component) {
    try {
      return component.getAccessor().invoke(part);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private void config(Config config) {
    var values = new TreeMap<String, Object>();
    config.values().forEach((field, value) -> values.put(field.name(), value));
    add(values);
  }

  /** With the fields of named records, each once. */
  private void type(Type type) {
    switch (type) {
      case Type.Record record -> {
        text.append("record ").append(record.name());
        if (record.name().isEmpty() || records.add(record.name())) {
          for (Type.Field field : record.fields()) {
            quoted(field.name());
            type(field.type());
            text.append(field.isJsonText() ? Type.JSON_TEXT : "");
            field.fallback().ifPresent(value -> quoted("=" + value));
          }
        }
        text.append('.');
      }
      case Type.Union union -> union.members().forEach(this::type);
      case Type.ListOf list -> {
        text.append("list ").append(list.size());
        type(list.element());
      }
      case Type.MapOf(var value) -> {
        text.append("map ");
        type(value);
      }
      case Type.Maybe(var of) -> {
        text.append("maybe ");
        type(of);
      }
      case Type.Labelled(var label, var of) -> {
        text.append(label).append(' ');
        type(of);
      }
      case Type.StreamOf(var element) -> {
        text.append("stream ");
        type(element);
      }
      case Type.Simple _, Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _ -> quoted("" + type);
      case Type.Text _, Type.Bytes _, Type.Enum _ -> quoted("" + type);
    }
  }

  private void quoted(String word) {
    text.append(word.length()).append(':').append(word);
  }

  /** Whether some part of a value of the type may be anything. */
  static boolean holdsAny(Type type) {
    return holdsAny(type, new HashSet<>());
  }

  private static boolean holdsAny(Type type, Set<String> seen) {
    return switch (type) {
      case Type.Simple simple -> simple == Type.Simple.ANY;
      case Type.Record record ->
          (record.name().isEmpty() || seen.add(record.name()))
              && record.fields().stream().anyMatch(field -> holdsAny(field.type(), seen));
      case Type.Union union -> union.members().stream().anyMatch(it -> holdsAny(it, seen));
      case Type.ListOf list -> holdsAny(list.element(), seen);
      case Type.MapOf(var value) -> holdsAny(value, seen);
      case Type.Maybe(var of) -> holdsAny(of, seen);
      case Type.Labelled(var _, var of) -> holdsAny(of, seen);
      case Type.StreamOf(var element) -> holdsAny(element, seen);
      case Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _ -> false;
      case Type.Text _, Type.Bytes _, Type.Enum _ -> false;
    };
  }

  /** The named records and unions that a type is made of. */
  static List<Type> named(Type type) {
    var found = new ArrayList<Type>();
    named(type, found, new HashSet<>());
    return found;
  }

  private static void named(Type type, List<Type> found, Set<String> seen) {
    switch (type) {
      case Type.Record record -> {
        if (record.name().isEmpty() || seen.add(record.name())) {
          if (!record.name().isEmpty()) {
            found.add(record);
          }
          record.fields().forEach(field -> named(field.type(), found, seen));
        }
      }
      case Type.Union union -> {
        if (!union.name().isEmpty() && seen.add(union.name())) {
          found.add(union);
        }
        union.members().forEach(member -> named(member, found, seen));
      }
      case Type.ListOf list -> named(list.element(), found, seen);
      case Type.MapOf(var value) -> named(value, found, seen);
      case Type.Maybe(var of) -> named(of, found, seen);
      case Type.Labelled(var _, var of) -> named(of, found, seen);
      case Type.StreamOf(var element) -> named(element, found, seen);
      case Type.Simple _, Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _ -> {}
      case Type.Text _, Type.Bytes _, Type.Enum _ -> {}
    }
  }
}
