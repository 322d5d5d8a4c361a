package io.unikernal.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a type is made into values when a document of it comes in, worked out once for all
 * documents. What nobody reads is checked all the same, and made into a value if somebody asks for
 * it after all: so this decides what reading costs, and nothing else.
 */
public final class Wanted {
  /** Everything at once. */
  public static final Wanted ALL = new Wanted(List.of(), null, false);

  /** Nothing, before somebody asks for it. */
  static final Wanted LATER = new Wanted(List.of(), null, false);

  private final Wanted[] fields;
  private final Wanted element;

  /** Whether only a few elements are read. */
  private final boolean isFew;

  private Wanted(List<Wanted> fields, @Nullable Wanted element, boolean isFew) {
    this.isFew = isFew;
    this.fields = fields.toArray(new Wanted[0]);
    this.element = element == null ? this : element;
  }

  /** Of a value of this type, these parts are read. */
  public static Wanted of(Type type, Reads reads) {
    if (reads.isWhole()) {
      return ALL;
    }
    return switch (type.core()) {
      case Type.Record record -> ofRecord(record, reads);
      case Type.ListOf(var items, _) -> {
        Wanted one = of(items, reads.elements().orElse(Reads.NONE));
        yield one == ALL && !reads.isFew() ? ALL : new Wanted(List.of(), one, reads.isFew());
      }
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _,
          Type.MapOf _,
          Type.StreamOf _,
          Type.Union _,
          Type.Maybe _,
          Type.Labelled _ ->
          ALL;
    };
  }

  private static Wanted ofRecord(Type.Record record, Reads reads) {
    var parts =
        record.fields().stream()
            .map(field ->
                reads.fields().containsKey(field.name())
                    ? of(field.type(), reads.of(field.name()))
                    : LATER)
            .toList();
    return parts.stream().allMatch(part -> part == ALL) ? ALL : new Wanted(parts, null, false);
  }

  /** Of the field with this index. */
  Wanted field(int index) {
    return this == ALL ? ALL : fields[index];
  }

  /** Whether most elements of a list are never asked for. */
  boolean isFew() {
    return isFew;
  }

  /** Of each element of a list. */
  Wanted element() {
    return element;
  }
}
