package io.unikernal.importers;

import io.unikernal.model.Texts;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was seen at one place of all samples. */
final class Samples {
  /** More than so many different texts are no enum. */
  private static final int SYMBOLS_MAX = 12;

  /** An enum's symbols stand so often on average, at least. */
  private static final int REPEATED_MIN = 3;

  enum Kind {
    BOOL,
    WHOLE,
    FRACTION,
    TEXT,
    LIST,
    OBJECT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
  private final SequencedMap<String, Samples> fields = new LinkedHashMap<>();
  private final Set<String> texts = new LinkedHashSet<>();
  private @Nullable Samples element;
  private int nulls;
  private boolean hasExponent;
  private boolean isUnsigned;
  private boolean hasNegative;
  private int uuids;
  private int timestamps;
  private int dates;

  void add(Tree tree) {
    switch (tree) {
      case Tree.Obj(var found, _) -> {
        count(Kind.OBJECT);
        found.forEach((name, field) -> fields.computeIfAbsent(name, _ -> new Samples()).add(field));
      }
      case Tree.Arr(var items, _) -> {
        count(Kind.LIST);
        items.forEach(element()::add);
      }
      case Tree.Leaf(var value, _) -> leaf(value);
    }
  }

  private void count(Kind kind) {
    kinds.merge(kind, 1, Integer::sum);
  }

  private void leaf(Value value) {
    switch (value) {
      case Value.Bool _ -> count(Kind.BOOL);
      case Value.Int(var number) -> {
        count(Kind.WHOLE);
        hasNegative |= number < 0;
      }
      case Value.UInt _ -> {
        count(Kind.WHOLE);
        isUnsigned = true;
      }
      case Value.Decimal(var number) -> {
        count(Kind.FRACTION);
        hasExponent |= number.scale() < 0 || number.scale() > 38;
      }
      case Value.Text(var text) -> text(text);
      default -> nulls++;
    }
  }

  private void text(String text) {
    count(Kind.TEXT);
    uuids += Texts.uuid(text).isPresent() ? 1 : 0;
    timestamps += Texts.timestamp(text).isPresent() ? 1 : 0;
    dates += Texts.date(text).isPresent() ? 1 : 0;
    if (texts.size() <= SYMBOLS_MAX) {
      texts.add(text);
    }
  }

  void merge(Samples other) {
    other.kinds.forEach((kind, count) -> kinds.merge(kind, count, Integer::sum));
    other.fields.forEach(
        (name, field) -> fields.computeIfAbsent(name, _ -> new Samples()).merge(field));
    if (other.element != null) {
      element().merge(other.element);
    }
    other.texts.stream().limit(SYMBOLS_MAX + 1L).forEach(texts::add);
    nulls += other.nulls;
    hasExponent |= other.hasExponent;
    isUnsigned |= other.isUnsigned;
    hasNegative |= other.hasNegative;
    uuids += other.uuids;
    timestamps += other.timestamps;
    dates += other.dates;
  }

  /** How often something stood there that is not null. */
  int count() {
    return kinds.values().stream().mapToInt(Integer::intValue).sum();
  }

  int nulls() {
    return nulls;
  }

  int objects() {
    return kinds.getOrDefault(Kind.OBJECT, 0);
  }

  List<Kind> kinds() {
    return new ArrayList<>(kinds.keySet());
  }

  SequencedMap<String, Samples> fields() {
    return fields;
  }

  Samples element() {
    if (element == null) {
      element = new Samples();
    }
    return element;
  }

  boolean hasExponent() {
    return hasExponent;
  }

  boolean isUnsigned() {
    return isUnsigned && !hasNegative;
  }

  /** Keys that are data: numbers or ids. */
  boolean isMap() {
    return fields.size() > 1
        && fields.keySet().stream()
            .allMatch(name ->
                name.matches("[0-9]+")
                    || Texts.uuid(name).isPresent()
                    || Texts.date(name).isPresent());
  }

  Type textType(boolean withEnums) {
    int count = kinds.getOrDefault(Kind.TEXT, 0);
    if (uuids == count) {
      return Type.Simple.UUID;
    }
    if (timestamps == count) {
      return Type.Simple.TIMESTAMP;
    }
    if (dates == count) {
      return Type.Simple.DATE;
    }
    boolean isEnum =
        withEnums
            && texts.size() <= SYMBOLS_MAX
            && !texts.contains("")
            && count >= texts.size() * REPEATED_MIN;
    return isEnum ? new Type.Enum(List.copyOf(texts)) : Type.Text.ANY_TEXT;
  }
}
