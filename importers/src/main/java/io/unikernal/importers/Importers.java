package io.unikernal.importers;

import io.unikernal.model.Suggest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the documents of others into a definition. Only files of this machine are read. */
public final class Importers {
  private Importers() {}

  /**
   * @param format empty to find it out from the files
   * @param system the name of the imported system, where the document has operations
   * @param only the types to keep, with what they refer to; empty for all
   * @param enums for sample JSON: whether few and repeated texts become an enum
   */
  public record Options(
      Optional<Format> format, Optional<String> system, Set<String> only, boolean enums) {}

  /** What came of it. */
  public sealed interface Result {
    /**
     * @param text the definition
     * @param losses all of them, those shown as comments in the text too
     */
    record Written(String text, Imported imported, List<Loss> losses) implements Result {}

    record Refused(Problem problem) implements Result {}
  }

  public static Result read(List<Path> paths, Options options) {
    String first = paths.getFirst().toString();
    try {
      return written(paths, options);
    } catch (RefusedException refused) {
      return new Result.Refused(refused.problem());
    } catch (StackOverflowError _) {
      // Parsers of others descend as deep as a document goes.
      return new Result.Refused(new Problem(first, 0, 0, "the document is nested too deep", ""));
    }
  }

  private static Result written(List<Path> paths, Options options) {
    var files = new ArrayList<SourceFile>();
    for (Path path : paths) {
      files.add(SourceFile.read(path));
    }
    Format format =
        options
            .format()
            .or(() -> Format.detect(files.getFirst()))
            .orElseThrow(() -> unknown(files));
    Imported imported = only(imported(format, files, options), files, options.only());
    var names = paths.stream().map(path -> String.valueOf(path.getFileName())).toList();
    var written =
        UdlText.write(imported, "Imported from " + String.join(", ", names) + " (" + format + ").");
    return new Result.Written(written.text(), imported, written.losses());
  }

  private static RefusedException unknown(List<SourceFile> files) {
    return RefusedException.of(
        files.getFirst(),
        "which format this is cannot be told from the file",
        "say it, as in: unikernal import json " + files.getFirst().name());
  }

  private static Imported imported(Format format, List<SourceFile> files, Options options) {
    if (format == Format.OPENAPI && files.size() > 1) {
      throw RefusedException.of(files.get(1), "one OpenAPI document is imported at a time", "");
    }
    return switch (format) {
      case OPENAPI -> OpenApiImport.read(files.getFirst(), options.system());
      case JSON_SCHEMA -> JsonSchemaImport.read(files);
      case PROTO -> ProtoImport.read(files);
      case AVRO -> AvroImport.read(files);
      case SQL -> SqlImport.read(files, options.system());
      case JSON -> JsonInference.read(files, options.enums());
    };
  }

  private static Imported only(Imported imported, List<SourceFile> files, Set<String> wanted) {
    if (wanted.isEmpty()) {
      return imported;
    }
    for (String name : wanted) {
      if (!imported.types().types().containsKey(name)) {
        throw RefusedException.of(
            files.getFirst(),
            "it has no type `" + name + "`",
            Suggest.didYouMean(name, imported.types().types().keySet()));
      }
    }
    TypeSet kept = imported.types().only(wanted);
    var owners = new LinkedHashMap<>(kept.types()).keySet();
    return new Imported(
        imported.format(),
        kept,
        List.of(),
        imported.losses().stream()
            .filter(loss -> owners.contains(loss.path().split("[.\\[]", 2)[0]))
            .toList(),
        imported.notes());
  }
}
