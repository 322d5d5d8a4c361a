package io.unikernal.importers;

import com.squareup.wire.schema.internal.parser.EnumConstantElement;
import com.squareup.wire.schema.internal.parser.EnumElement;
import com.squareup.wire.schema.internal.parser.FieldElement;
import com.squareup.wire.schema.internal.parser.MessageElement;
import com.squareup.wire.schema.internal.parser.OneOfElement;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.RpcElement;
import com.squareup.wire.schema.internal.parser.ServiceElement;
import com.squareup.wire.schema.internal.parser.TypeElement;
import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages and enums of {@code .proto} files; their services are told and left out. */
final class ProtoImport {
  private static final int TYPES_MAX = SchemaReader.TYPES_MAX;

  private final Losses losses = new Losses();
  private final UdlNames names = new UdlNames(losses);
  private final TypeSet types = new TypeSet();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** A declared message or enum by its full name. */
  private record Entry(TypeElement element, Type type, String name, boolean isProto2) {}

  private ProtoImport() {}

  static Imported read(List<SourceFile> files) {
    var all = new ProtoImport();
    var parsed = new ProtoFiles(files).all();
    for (ProtoFileElement file : parsed) {
      String scope = Optional.ofNullable(file.getPackageName()).orElse("");
      boolean isProto2 = file.getSyntax() == null || !file.getSyntax().toString().equals("proto3");
      file.getTypes().forEach(type -> all.declare(type, scope, "", isProto2));
      file.getServices().forEach(all::service);
      file.getExtendDeclarations()
          .forEach(extend -> all.losses.add(Loss.Kind.KEYWORD, extend.getName(), "extend"));
    }
    all.entries.forEach(all::define);
    return new Imported(Format.PROTO, all.types, List.of(), all.losses.all(), all.notes);
  }

  private void declare(TypeElement element, String scope, String outer, boolean isProto2) {
    if (entries.size() >= TYPES_MAX) {
      throw new RefusedException(
          new Problem(
              element.getLocation().getPath(),
              element.getLocation().getLine(),
              0,
              "over " + TYPES_MAX + " types",
              "import a part of them"));
    }
    String fullName = scope.isEmpty() ? element.getName() : scope + "." + element.getName();
    if (entries.containsKey(fullName)) {
      throw new RefusedException(
          new Problem(
              element.getLocation().getPath(),
              element.getLocation().getLine(),
              0,
              "`" + fullName + "` is declared twice",
              "leave one of them out"));
    }
    String name = names.givenType(outer + UdlNames.typeName(element.getName()));
    Type type =
        switch (element) {
          case EnumElement enumeration -> symbols(enumeration);
          case MessageElement _ -> new Type.Record(name);
          default -> Type.Simple.ANY;
        };
    entries.put(fullName, new Entry(element, type, name, isProto2));
    types.put(name, type, element.getDocumentation());
    element.getNestedTypes().forEach(nested -> declare(nested, fullName, name + "_", isProto2));
  }

  private static Type symbols(EnumElement element) {
    var symbols =
        element.getConstants().stream().map(EnumConstantElement::getName).distinct().toList();
    return symbols.isEmpty() ? Type.Text.ANY_TEXT : new Type.Enum(symbols);
  }

  private void service(ServiceElement service) {
    losses.add(Loss.Kind.RPC, service.getName());
    var rpcs = service.getRpcs().stream().map(ProtoImport::signature).toList();
    notes.add(
        "Left out: service "
            + service.getName()
            + " ("
            + String.join("; ", rpcs)
            + "): gRPC is not available yet.");
  }

  private static String signature(RpcElement rpc) {
    return rpc.getName()
        + "("
        + (rpc.getRequestStreaming() ? "stream " : "")
        + rpc.getRequestType()
        + ") returns ("
        + (rpc.getResponseStreaming() ? "stream " : "")
        + rpc.getResponseType()
        + ")";
  }

  private void define(String fullName, Entry entry) {
    if (!(entry.element() instanceof MessageElement message)
        || !(entry.type() instanceof Type.Record record)) {
      return;
    }
    var fields = new LinkedHashMap<String, Type.Field>();
    for (FieldElement field : message.getFields()) {
      fields.putIfAbsent(field.getName(), field(field, fullName, entry, false));
    }
    for (OneOfElement choice : message.getOneOfs()) {
      if (choice.getFields().size() > 1) {
        losses.add(Loss.Kind.CHOICE, entry.name(), choice.getName());
      }
      choice
          .getFields()
          .forEach(
              field -> fields.putIfAbsent(field.getName(), field(field, fullName, entry, true)));
    }
    if (!message.getGroups().isEmpty() || !message.getExtensions().isEmpty()) {
      losses.add(Loss.Kind.KEYWORD, entry.name(), "groups or extensions");
    }
    record.define(List.copyOf(fields.values()));
  }

  private Type.Field field(FieldElement field, String scope, Entry owner, boolean isChoice) {
    String path = owner.name() + "." + field.getName();
    boolean isRepeated = is(field, "REPEATED");
    boolean isOptional = is(field, "OPTIONAL");
    boolean isRequired = is(field, "REQUIRED");
    Type type = type(field.getType(), scope, path);
    if (isRepeated) {
      if (type.isMaybe()) {
        losses.add(Loss.Kind.ABSENT_ELEMENT, path);
      }
      return new Type.Field(
          field.getName(),
          Type.ListOf.of(type),
          Optional.of(Value.Items.EMPTY),
          field.getDocumentation());
    }
    boolean isMap = field.getType().startsWith("map<");
    if (isMap) {
      return new Type.Field(
          field.getName(), type, Optional.of(Value.Dict.EMPTY), field.getDocumentation());
    }
    Optional<Value> fallback = fallback(field, type, path);
    boolean hasPresence = isOptional || isChoice || !isRequired && type instanceof Type.Record;
    return new Type.Field(
        field.getName(),
        hasPresence && fallback.isEmpty() ? Optionals.of(type) : type,
        fallback,
        field.getDocumentation());
  }

  private static boolean is(FieldElement field, String label) {
    return field.getLabel() != null && field.getLabel().name().equals(label);
  }

  private Optional<Value> fallback(FieldElement field, Type type, String path) {
    String text = field.getDefaultValue();
    if (text == null) {
      return Optional.empty();
    }
    if (!(type.core() instanceof Type.Record)
        && Conform.fromText(type.core(), text) instanceof Conform.Result.Fits(var value)) {
      return Optional.of(value);
    }
    losses.add(Loss.Kind.DEFAULT, path, text);
    return Optional.empty();
  }

  private Type type(String name, String scope, String path) {
    if (name.startsWith("map<")) {
      String[] parts = name.substring(4, name.length() - 1).split(",", 2);
      if (!parts[0].strip().equals("string")) {
        losses.add(Loss.Kind.KEY_TYPE, path, parts[0].strip());
      }
      Type value = type(parts[parts.length - 1].strip(), scope, path);
      return new Type.MapOf(value);
    }
    Optional<Type> scalar = ProtoScalars.read(name);
    if (scalar.isPresent()) {
      if (name.equals("float")) {
        losses.add(Loss.Kind.SINGLE_PRECISION, path, "float");
      }
      return scalar.get();
    }
    Optional<Entry> declared = resolve(name, scope);
    if (declared.isPresent()) {
      return declared.get().type();
    }
    Optional<Type> known = ProtoScalars.wellKnown(name.startsWith(".") ? name.substring(1) : name);
    if (known.isEmpty() || known.get() == Type.Simple.ANY) {
      losses.add(
          Loss.Kind.ANY, path, name + (known.isEmpty() ? ", which no given file declares" : ""));
    }
    return known.orElse(Type.Simple.ANY);
  }

  /** From the innermost scope outwards, as protobuf does. */
  private Optional<Entry> resolve(String name, String scope) {
    if (name.startsWith(".")) {
      return Optional.ofNullable(entries.get(name.substring(1)));
    }
    String at = scope;
    while (true) {
      Entry entry = entries.get(at.isEmpty() ? name : at + "." + name);
      if (entry != null) {
        return Optional.of(entry);
      }
      if (at.isEmpty()) {
        return Optional.empty();
      }
      at = at.contains(".") ? at.substring(0, at.lastIndexOf('.')) : "";
    }
  }
}
