package io.unikernal.importers;

import io.unikernal.model.Operation;
import io.unikernal.model.Plan;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Types as proto3 messages, and operations as the rpcs of a service for each system. */
final class ProtoWriter {
  private static final String LABEL = "google.protobuf.";

  private final TypeSet types;
  private final Losses losses;
  private final StringBuilder body = new StringBuilder();
  private final SortedSet<String> imports = new TreeSet<>();
  private final Set<String> taken = new HashSet<>();
  private final Map<Type, String> names = new IdentityHashMap<>();
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();

  ProtoWriter(TypeSet types, Losses losses) {
    this.types = types;
    this.losses = losses;
    taken.addAll(types.types().keySet());
  }

  String file(String packageName, List<Plan.PlannedSystem> systems) {
    types
        .types()
        .forEach((name, type) -> {
          if (types.nameOf(type).orElse("").equals(name)) {
            names.put(type, name);
          }
        });
    types
        .types()
        .forEach((name, type) -> {
          if (name.equals(names.get(type))) {
            declare(name, type);
          }
          finish();
        });
    systems.forEach(this::service);
    finish();
    var text = new StringBuilder("syntax = \"proto3\";\n\npackage " + packageName + ";\n");
    if (!imports.isEmpty()) {
      text.append('\n');
      imports.forEach(name -> text.append("import \"").append(name).append("\";\n"));
    }
    return text.append(body).toString();
  }

  private void finish() {
    while (!later.isEmpty()) {
      later.pop().run();
    }
  }

  private void declare(String name, Type type) {
    switch (type) {
      case Type.Record record -> message(name, record);
      case Type.Union union -> union(name, union);
      case Type.Enum(var symbols) -> symbols(name, symbols);
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.ListOf _,
          Type.MapOf _,
          Type.Maybe _,
          Type.Labelled _,
          Type.StreamOf _ ->
          // An alias: it stands where it is used.
          names.remove(type);
    }
  }

  private String unique(String wanted) {
    String name = wanted;
    for (int i = 2; !taken.add(name); i++) {
      name = wanted + i;
    }
    return name;
  }

  private void message(String name, Type.Record record) {
    var text = new StringBuilder("\n" + comment(types.doc(name), "") + "message " + name + " {\n");
    var fieldNames = new HashMap<String, Integer>();
    int number = 0;
    for (Type.Field field : record.fields()) {
      number++;
      text.append(field(name, field, number, fieldNames));
    }
    if (record.fields().size() > 1) {
      losses.add(Loss.Kind.FIELD_NUMBER, name);
    }
    body.append(text).append("}\n");
  }

  private String field(
      String owner, Type.Field field, int number, Map<String, Integer> fieldNames) {
    String path = owner + "." + field.name();
    String name = legal(field.name());
    String folded = name.replace("_", "").toLowerCase(Locale.ROOT);
    int before = fieldNames.merge(folded, 1, Integer::sum);
    name = before > 1 ? name + "_" + number : name;
    if (!name.equals(field.name())) {
      losses.add(Loss.Kind.NAME, path, "is `" + name + "`");
    }
    boolean isEmptyByDefault = field.fallback().filter(ProtoWriter::isEmpty).isPresent();
    if (!isEmptyByDefault) {
      field
          .fallback()
          .ifPresent(value -> losses.add(Loss.Kind.DEFAULT, path, TypeTexts.json(value)));
    }
    String hint = owner + UdlNames.typeName(field.name());
    String written = fieldType(field.type(), isEmptyByDefault, hint, path);
    String json =
        camel(name).equals(field.name()) ? "" : " [json_name = " + quoted(field.name()) + "]";
    return comment(field.doc(), "  ") + "  " + written + " " + name + " = " + number + json + ";\n";
  }

  private static String legal(String name) {
    String legal = name.replaceAll("[^A-Za-z0-9_]", "_");
    return legal.matches("[A-Za-z].*") ? legal : "f" + legal;
  }

  private static String camel(String name) {
    var camel = new StringBuilder();
    boolean isUpper = false;
    for (char sign : name.toCharArray()) {
      if (sign == '_') {
        isUpper = true;
      } else {
        camel.append(isUpper ? Character.toUpperCase(sign) : sign);
        isUpper = false;
      }
    }
    return camel.toString();
  }

  static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      int sign = one & 0xFF;
      if (sign == '"' || sign == '\\') {
        quoted.append('\\').append((char) sign);
      } else if (sign < 0x20 || sign >= 0x7F) {
        quoted.append("\\%03o".formatted(sign));
      } else {
        quoted.append((char) sign);
      }
    }
    return quoted.append('"').toString();
  }

  private static String comment(String doc, String indent) {
    if (doc.isBlank()) {
      return "";
    }
    return indent + "// " + UdlText.harmless(doc).strip().replaceAll("\\s+", " ") + "\n";
  }

  /** With {@code optional} or {@code repeated} before it. */
  private String fieldType(Type type, boolean isEmptyByDefault, String hint, String path) {
    Type bare = unlabelled(type, path);
    boolean isMaybe = bare instanceof Type.Maybe;
    Type core = unlabelled(bare instanceof Type.Maybe(var of) ? of : bare, path);
    return switch (core) {
      case Type.ListOf(var element, var size) -> {
        emptiness(isMaybe, isEmptyByDefault, path);
        bound(size, path);
        yield "repeated " + single(element, hint + "Item", path + "[]");
      }
      case Type.StreamOf(var element) -> {
        losses.add(Loss.Kind.STREAM, path);
        yield "repeated " + single(element, hint + "Item", path + "[]");
      }
      case Type.MapOf(var value) -> {
        emptiness(isMaybe, isEmptyByDefault, path);
        yield "map<string, " + single(value, hint + "Value", path + ".*") + ">";
      }
      case Type.Record _, Type.Union _ -> {
        if (!isMaybe) {
          losses.add(Loss.Kind.REQUIRED, path);
        }
        yield single(core, hint, path);
      }
      case Type.Maybe(var of) -> fieldType(new Type.Maybe(of.core()), isEmptyByDefault, hint, path);
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _,
          Type.Labelled _ ->
          (isMaybe ? "optional " : "") + single(core, hint, path);
    };
  }

  private Type unlabelled(Type type, String path) {
    if (type instanceof Type.Labelled(var label, var of)) {
      losses.add(Loss.Kind.LABEL, path, label.toString());
      return unlabelled(of, path);
    }
    return type;
  }

  /** What is absent there is an empty list or map; only that default says the same. */
  private void emptiness(boolean isMaybe, boolean isEmptyByDefault, String path) {
    if (isMaybe || !isEmptyByDefault) {
      losses.add(isMaybe ? Loss.Kind.EMPTY : Loss.Kind.REQUIRED, path);
    }
  }

  private static boolean isEmpty(Value value) {
    return value.equals(Value.Items.EMPTY) || value.equals(Value.Dict.EMPTY);
  }

  private void bound(Type.Range size, String path) {
    if (!size.isAll()) {
      losses.add(Loss.Kind.LENGTH, path, size.toString());
    }
  }

  /** One value; a list or map inside of another is wrapped in a message. */
  private String single(Type type, String hint, String path) {
    return switch (type) {
      case Type.Labelled _ -> single(unlabelled(type, path), hint, path);
      case Type.Maybe(var of) -> {
        losses.add(Loss.Kind.ABSENT_ELEMENT, path);
        yield single(of, hint, path);
      }
      case Type.ListOf _, Type.MapOf _, Type.StreamOf _ -> {
        losses.add(Loss.Kind.WRAPPED, path);
        yield named(type, hint, name -> message(name, wrapper(name, type)));
      }
      case Type.Record record -> named(record, hint, name -> message(name, record));
      case Type.Union union -> named(union, hint, name -> union(name, union));
      case Type.Enum(var symbols) -> named(type, hint, name -> symbols(name, symbols));
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _ ->
          scalar(type, path);
    };
  }

  private static Type.Record wrapper(String name, Type type) {
    return new Type.Record(name, List.of(Type.Field.of("values", type)));
  }

  private String named(Type type, String hint, Consumer<String> declaration) {
    String known = names.get(type);
    if (known != null) {
      return known;
    }
    String name = unique(hint);
    names.put(type, name);
    later.add(() -> declaration.accept(name));
    return name;
  }

  private String scalar(Type type, String path) {
    return switch (type) {
      case Type.Int(var range) -> {
        boolean is32 = range.equals(Bounds.INT32);
        if (!is32 && !range.isAll()) {
          losses.add(Loss.Kind.RANGE, path, range.toString());
        }
        yield is32 ? "int32" : "int64";
      }
      case Type.UInt(var range) -> {
        boolean is32 = range.equals(Bounds.UINT32);
        if (!is32 && !range.isAll()) {
          losses.add(Loss.Kind.RANGE, path, range.toString());
        }
        yield is32 ? "uint32" : "uint64";
      }
      case Type.Real(var range) -> {
        if (!range.isAll()) {
          losses.add(Loss.Kind.RANGE, path, range.toString());
        }
        yield "double";
      }
      case Type.Decimal _ -> {
        losses.add(Loss.Kind.DECIMAL_TEXT, path, type.toString());
        yield "string";
      }
      case Type.Text(var length, var pattern) -> {
        bound(length, path);
        pattern.ifPresent(text -> losses.add(Loss.Kind.PATTERN, path, text));
        yield "string";
      }
      case Type.Bytes(var length) -> {
        bound(length, path);
        yield "bytes";
      }
      case Type.Simple simple -> simple(simple, path);
      default -> throw new AssertionError("no scalar: " + type);
    };
  }

  private String simple(Type.Simple simple, String path) {
    return switch (simple) {
      case ANY -> {
        losses.add(Loss.Kind.INT64_AS_DOUBLE, path);
        yield imported("struct", "Value");
      }
      case NULL -> imported("struct", "NullValue");
      case BOOL -> "bool";
      case TIMESTAMP -> imported("timestamp", "Timestamp");
      case DURATION -> imported("duration", "Duration");
      case DATE, TIME, UUID -> {
        losses.add(Loss.Kind.TEXT_FORM, path, simple.toString());
        yield "string";
      }
      case BLOB -> {
        losses.add(Loss.Kind.STREAM, path);
        yield "bytes";
      }
    };
  }

  private String imported(String file, String type) {
    imports.add("google/protobuf/" + file + ".proto");
    return LABEL + type;
  }

  private void union(String name, Type.Union union) {
    losses.add(Loss.Kind.UNION, name, "told apart by " + union.tag());
    var text =
        new StringBuilder(
            "\n" + comment(types.doc(name), "") + "message " + name + " {\n  oneof kind {\n");
    int number = 0;
    for (Type.Record member : union.members()) {
      number++;
      text.append("    ")
          .append(single(member, name + number, name))
          .append(" m")
          .append(number)
          .append(" = ")
          .append(number)
          .append(";\n");
    }
    body.append(text).append("  }\n}\n");
  }

  /** Symbols of one file share a scope, so each has the enum's name before it. */
  private void symbols(String name, List<String> symbols) {
    losses.add(Loss.Kind.SYMBOLS, name, "written as " + upper(name) + "_…");
    var used = new HashSet<String>();
    var text = new StringBuilder("\n" + comment(types.doc(name), "") + "enum " + name + " {\n");
    text.append("  ").append(upper(name)).append("_UNSPECIFIED = 0;\n");
    used.add("UNSPECIFIED");
    int number = 0;
    for (String symbol : symbols) {
      number++;
      String word = upper(symbol);
      String unique = !word.isEmpty() && used.add(word) ? word : word + "_" + number;
      used.add(unique);
      text.append("  ")
          .append(upper(name))
          .append('_')
          .append(unique)
          .append(" = ")
          .append(number)
          .append(";");
      text.append(unique.equals(symbol) ? "\n" : " // " + UdlText.harmless(symbol) + "\n");
    }
    body.append(text).append("}\n");
  }

  private static String upper(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("[^A-Za-z0-9]+", "_")
        .toUpperCase(Locale.ROOT);
  }

  private void service(Plan.PlannedSystem system) {
    if (system.operations().isEmpty()) {
      return;
    }
    String service = unique(pascal(system.name()));
    var text = new ArrayList<String>();
    var rpcs = new HashSet<String>();
    for (Operation operation : system.operations().values()) {
      String name = pascal(operation.name());
      for (int i = 2; !rpcs.add(name); i++) {
        name = pascal(operation.name()) + i;
      }
      String path = operation.id();
      String input = whole(operation.input(), service + name + "Request", path + " input");
      String output = whole(operation.output(), service + name + "Reply", path + " output");
      text.add(
          comment(operation.doc(), "  ")
              + "  rpc "
              + name
              + "("
              + input
              + ") returns ("
              + output
              + ");\n");
    }
    body.append("\nservice ")
        .append(service)
        .append(" {\n")
        .append(String.join("", text))
        .append("}\n");
  }

  private static String pascal(String name) {
    String camel = camel("_" + name);
    return camel.isEmpty() ? "X" : camel;
  }

  /** An rpc takes and gives messages: anything else becomes the one field of one. */
  private String whole(Type type, String hint, String path) {
    Type bare = unlabelled(type, path);
    return switch (bare) {
      case Type.Record record -> single(record, hint, path);
      case Type.Union union -> single(union, hint, path);
      case Type.StreamOf(var element) -> "stream " + whole(element, hint, path);
      case Type.Simple simple when simple == Type.Simple.NULL -> imported("empty", "Empty");
      case Type.Simple simple when simple == Type.Simple.ANY -> single(simple, hint, path);
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _,
          Type.ListOf _,
          Type.MapOf _,
          Type.Maybe _,
          Type.Labelled _ -> {
        String name = unique(hint);
        var wrapped = new Type.Record(name, List.of(Type.Field.of("value", bare)));
        later.add(() -> message(name, wrapped));
        yield name;
      }
    };
  }

  static Optional<String> packageName(String wanted) {
    String name = UdlNames.lowerName(wanted);
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }
}
