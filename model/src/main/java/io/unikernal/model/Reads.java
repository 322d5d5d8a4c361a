package io.unikernal.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What is read of one value.
 *
 * @param isWhole whether all of it may be looked at; then the rest says nothing more
 * @param fields what is read of each field that is read; the value's presence at least
 * @param elements what is read of the elements of a list, or of the values of a map
 * @param isFew whether only elements of a list at fixed places are read
 */
public record Reads(
    boolean isWhole, SequencedMap<String, Reads> fields, Optional<Reads> elements, boolean isFew) {
  public static final Reads NONE = new Reads(false, new TreeMap<>(), Optional.empty(), true);
  public static final Reads ALL = new Reads(true, new TreeMap<>(), Optional.empty(), false);

  /** Of any elements, where of some. */
  public Reads(boolean isWhole, SequencedMap<String, Reads> fields, Optional<Reads> elements) {
    this(isWhole, fields, elements, elements.isEmpty());
  }

  /** The names of the fields; empty when nothing or everything is read. */
  public List<String> names() {
    return List.copyOf(fields.sequencedKeySet());
  }

  /** What is read of the field's value. */
  public Reads of(String field) {
    return isWhole ? ALL : fields.getOrDefault(field, NONE);
  }

  /** What either reads. */
  public Reads and(Reads other) {
    if (isWhole || other.isWhole) {
      return ALL;
    }
    SequencedMap<String, Reads> both = new TreeMap<>(fields);
    other.fields.forEach((name, reads) -> both.merge(name, reads, Reads::and));
    var parts =
        elements.isEmpty()
            ? other.elements
            : Optional.of(other.elements.map(elements.get()::and).orElse(elements.get()));
    return new Reads(false, both, parts, isFew && other.isFew);
  }

  @Override
  public String toString() {
    if (isWhole) {
      return "all";
    }
    var texts = new ArrayList<String>();
    fields.forEach((name, reads) -> texts.add(reads.equals(NONE) ? name : name + ": " + reads));
    elements.ifPresent(
        reads -> texts.add((isFew ? "[n]" : "[]") + (reads.equals(NONE) ? "" : ": " + reads)));
    return "{" + String.join(", ", texts) + "}";
  }
}
