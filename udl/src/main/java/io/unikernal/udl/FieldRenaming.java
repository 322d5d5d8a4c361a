package io.unikernal.udl;

import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.udl.Index.Kind;
import io.unikernal.udl.Index.Location;
import io.unikernal.udl.Index.Symbol;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.Renaming.Possible;
import io.unikernal.udl.Renaming.Refused;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a field of a record can be called otherwise. Records are structural, so a use that is
 * missed may go without an error: it can only where every use is known. No system may see the
 * record, and every place where the word stands must be known to be this field.
 */
final class FieldRenaming {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");
  private static final int ROUNDS_MAX = 1_000;

  private final Index index;
  private final Symbol field;

  private FieldRenaming(Index index, Symbol field) {
    this.index = index;
    this.field = field;
  }

  /** Why it cannot be renamed, whatever to. */
  static Optional<String> refusal(Index index, Symbol field) {
    var renaming = new FieldRenaming(index, field);
    return renaming.seenOutside().or(() -> renaming.unknownUse(index.places(field)));
  }

  static Renaming of(Index index, Symbol field, String name) {
    var renaming = new FieldRenaming(index, field);
    return renaming
        .illegal(name)
        .or(() -> refusal(index, field))
        .<Renaming>map(Refused::new)
        .orElseGet(() -> new Possible(index.places(field)));
  }

  private Optional<String> illegal(String name) {
    if (!NAME.matcher(name).matches() || Names.reserved().contains(name)) {
      return Optional.of("`" + name + "` cannot be the name of a field");
    }
    return records().stream()
        .filter(record -> index.find(Kind.FIELD, record + "." + name).isPresent())
        .findFirst()
        .map(record -> "there is `" + record + "." + name + "` already");
  }

  /** The record of the field, and those that extend it. */
  private Set<String> records() {
    var records = new LinkedHashSet<String>(Set.of(field.container()));
    Map<String, Node.Entry> declared = index.tables().definition().types;
    boolean isMore = true;
    for (int round = 0; isMore && round < ROUNDS_MAX; round++) {
      isMore = false;
      for (Node.Entry entry : declared.values()) {
        boolean extendsOne =
            entry.value() instanceof Mapping mapping
                && mapping.get("extends").map(FieldRenaming::texts).orElse(List.of()).stream()
                    .anyMatch(records::contains);
        isMore |= extendsOne && records.add(entry.name());
      }
    }
    return records;
  }

  private static List<String> texts(Node node) {
    return switch (node) {
      case Scalar scalar -> List.of(scalar.text());
      case Sequence list -> list.items().stream().flatMap(item -> texts(item).stream()).toList();
      case Mapping _ -> List.of();
    };
  }

  /** Who is outside knows the field by its name too; what takes anything may be given it. */
  private Optional<String> seenOutside() {
    Set<String> records = records();
    for (var system : index.tables().systems().all()) {
      for (var op : system.operations.values()) {
        Operation operation = op.operation();
        for (Type type : List.of(operation.input(), operation.output())) {
          Optional<String> seen =
              Content.named(type).stream()
                  .filter(found -> found instanceof Type.Record it && records.contains(it.name()))
                  .map(Object::toString)
                  .findFirst();
          if (seen.isPresent()) {
            return Optional.of(
                "`"
                    + operation.id()
                    + "` takes or gives `"
                    + seen.get()
                    + "`: who is behind it knows the field by this name");
          }
          if (Content.holdsAny(type)) {
            return Optional.of(
                "`" + operation.id() + "` takes or gives anything, so the field may go there");
          }
        }
      }
    }
    return Optional.empty();
  }

  /** A place where the word stands and that is none of these. */
  private Optional<String> unknownUse(List<Location> places) {
    Pattern word =
        Pattern.compile("(?<![A-Za-z0-9_])" + Pattern.quote(field.name()) + "(?![A-Za-z0-9_])");
    for (var file : index.texts().entrySet()) {
      Matcher found = word.matcher(file.getValue());
      while (found.find()) {
        if (!isKnown(places, file.getKey(), found.start())
            && !isComment(file.getValue(), found.start())) {
          long line = file.getValue().substring(0, found.start()).lines().count();
          return Optional.of(
              "`"
                  + field.name()
                  + "` also stands in line "
                  + Math.max(1, line)
                  + " of "
                  + file.getKey().getFileName()
                  + ", where it is not known to be this field");
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isKnown(List<Location> places, Path file, int at) {
    return places.stream().anyMatch(place -> place.file().equals(file) && place.start() == at);
  }

  private static boolean isComment(String text, int at) {
    String before = text.substring(text.lastIndexOf('\n', at - 1) + 1, at);
    return before.matches("[^'\"]*?(^|\\s)#.*");
  }
}
