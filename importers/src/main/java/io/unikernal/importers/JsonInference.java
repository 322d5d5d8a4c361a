package io.unikernal.importers;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Types of sample documents: JSON, a list of samples, or a sample on each line. */
final class JsonInference {
  static final int SAMPLES_MAX = 1_000_000;

  private final Losses losses = new Losses();
  private final UdlNames names = new UdlNames(losses);
  private final TypeSet types = new TypeSet();
  private final boolean withEnums;

  private JsonInference(boolean withEnums) {
    this.withEnums = withEnums;
  }

  static Imported read(List<SourceFile> files, boolean withEnums) {
    var all = new JsonInference(withEnums);
    String name = UdlNames.typeName(files.getFirst().stem());
    var samples = new Samples();
    files.forEach(file -> all.add(file, samples));
    if (samples.count() == 0) {
      throw RefusedException.of(files.getFirst(), "there is no sample in it", "");
    }
    Type type = all.type(samples, name, name);
    if (!all.types.types().containsKey(name)) {
      all.types.put(all.names.givenType(name), type, "");
    }
    return new Imported(
        Format.JSON,
        all.types,
        List.of(),
        all.losses.all(),
        List.of(
            "Inferred from " + samples.count() + " sample" + (samples.count() == 1 ? "." : "s.")));
  }

  /** A list of objects is many samples; anything else that is one document is one. */
  private void add(SourceFile file, Samples samples) {
    Optional<RefusedException> asOne;
    try {
      Tree root = TreeReader.json(file);
      boolean isMany =
          !root.items().isEmpty() && root.items().stream().allMatch(Tree.Obj.class::isInstance);
      if (isMany) {
        root.items().forEach(samples::add);
      } else {
        samples.add(root);
      }
      return;
    } catch (RefusedException refused) {
      asOne = Optional.of(refused);
    }
    List<String> lines = file.text().lines().toList();
    boolean areLines =
        lines.stream().filter(line -> !line.isBlank()).count() > 1
            && lines.stream().filter(line -> !line.isBlank()).allMatch(TreeReader::looksLikeJson);
    if (!areLines) {
      throw asOne.get();
    }
    for (int i = 0; i < Math.min(lines.size(), SAMPLES_MAX); i++) {
      if (!lines.get(i).isBlank()) {
        samples.add(line(file, lines.get(i), i + 1));
      }
    }
  }

  private static Tree line(SourceFile file, String text, int number) {
    try {
      return TreeReader.json(new SourceFile(file.name(), file.path(), text));
    } catch (RefusedException refused) {
      throw RefusedException.at(
          file,
          new Tree.Place(number, refused.problem().column()),
          refused.problem().message(),
          "");
    }
  }

  private Type type(Samples seen, String name, String path) {
    Type type = some(seen, name, path);
    return seen.nulls() > 0 ? type.maybe() : type;
  }

  private Type some(Samples seen, String name, String path) {
    List<Samples.Kind> kinds = seen.kinds();
    if (kinds.isEmpty()) {
      losses.add(Loss.Kind.ANY, path);
      return Type.Simple.ANY;
    }
    if (kinds.size() == 2
        && kinds.contains(Samples.Kind.WHOLE)
        && kinds.contains(Samples.Kind.FRACTION)) {
      return seen.hasExponent() ? Type.Real.ANY_DOUBLE : Type.Decimal.ANY_DECIMAL;
    }
    if (kinds.size() > 1) {
      losses.add(
          Loss.Kind.TYPES_MIXED,
          path,
          String.join(", ", kinds.stream().map(Samples.Kind::toString).toList()));
      return Type.Simple.ANY;
    }
    return switch (kinds.getFirst()) {
      case BOOL -> Type.Simple.BOOL;
      case WHOLE -> seen.isUnsigned() ? Type.UInt.ANY_UINT : Type.Int.ANY_INT;
      case FRACTION -> seen.hasExponent() ? Type.Real.ANY_DOUBLE : Type.Decimal.ANY_DECIMAL;
      case TEXT -> seen.textType(withEnums);
      case LIST -> Type.ListOf.of(type(seen.element(), singular(name), path + "[]"));
      case OBJECT -> object(seen, name, path);
    };
  }

  private static String singular(String name) {
    return name.endsWith("s") && name.length() > 2
        ? name.substring(0, name.length() - 1)
        : name + "Item";
  }

  private Type object(Samples seen, String name, String path) {
    if (seen.isMap()) {
      var values = new Samples();
      seen.fields().values().forEach(values::merge);
      return new Type.MapOf(type(values, name + "Value", path + ".*"));
    }
    if (types.types().size() >= SchemaReader.TYPES_MAX) {
      losses.add(Loss.Kind.CONSTRAINT, path, "over " + SchemaReader.TYPES_MAX + " types");
      return Type.Simple.ANY;
    }
    String unique = names.type(name);
    var record = new Type.Record(unique);
    types.put(unique, record, "");
    var fields = new ArrayList<Type.Field>();
    seen.fields()
        .forEach((field, samples) -> {
          Type type = type(samples, UdlNames.typeName(field), unique + "." + field);
          boolean isAlways = samples.count() + samples.nulls() == seen.objects();
          fields.add(
              new Type.Field(
                  field, isAlways ? type : Optionals.of(type), Optional.<Value>empty(), ""));
        });
    record.define(fields);
    return record;
  }
}
