package io.unikernal.model;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a {@link Value.Dict}: values beside {@link Keys} that others may share. Immutable
 * to whoever looks at it; but an entry that came as a {@link Slice} of a document is read on first
 * use, by as many threads as like to.
 */
final class Fields extends AbstractMap<String, Value> implements SequencedMap<String, Value> {
  static final Fields NONE = new Fields(Keys.NONE, new Value[0]);

  private final Keys keys;
  private final @Nullable Value[] values;
  private final @Nullable Slice @Nullable [] slices;
  private final @Nullable Slice document;

  /** The array is given away. */
  Fields(Keys keys, @Nullable Value[] values) {
    this(keys, values, null, null);
  }

  /**
   * Both arrays are given away; each entry stands in one of them.
   *
   * @param document what these entries were read from
   */
  Fields(
      Keys keys,
      @Nullable Value[] values,
      @Nullable Slice @Nullable [] slices,
      @Nullable Slice document) {
    this.keys = keys;
    this.values = values;
    this.slices = slices;
    this.document = document;
  }

  /** What is in the map now, unmodifiable. */
  static Fields copyOf(Map<String, Value> map) {
    if (map instanceof Fields fields) {
      return fields;
    }
    var names = new String[map.size()];
    var values = new Value[names.length];
    int i = 0;
    for (Map.Entry<String, Value> entry : map.entrySet()) {
      names[i] = Objects.requireNonNull(entry.getKey());
      values[i++] = Objects.requireNonNull(entry.getValue());
    }
    return new Fields(new Keys(names), values);
  }

  Fields from(Slice whole) {
    return new Fields(keys, values, slices, whole);
  }

  /** The entries with one set; those that were not read yet stay unread. */
  Fields with(String name, Value value) {
    int index = keys.index(name);
    int size = index < 0 ? size() + 1 : size();
    int place = index < 0 ? size() : index;
    var newValues = java.util.Arrays.copyOf(values, size);
    newValues[place] = Objects.requireNonNull(value);
    @Nullable Slice[] newSlices = null;
    if (slices != null) {
      newSlices = java.util.Arrays.copyOf(slices, size);
      newSlices[place] = null;
    }
    if (index >= 0) {
      return new Fields(keys, newValues, newSlices, null);
    }
    var names = new String[size];
    for (int i = 0; i < place; i++) {
      names[i] = keys.name(i);
    }
    names[place] = name;
    return new Fields(new Keys(names), newValues, newSlices, null);
  }

  /** The whole document that these entries are, if it is kept. */
  @Nullable Slice document() {
    return document;
  }

  String name(int index) {
    return keys.name(index);
  }

  Value value(int index) {
    Value value = values[index];
    if (value == null) {
      value = Objects.requireNonNull(Objects.requireNonNull(slices)[index]).read();
      values[index] = value;
    }
    return value;
  }

  /** The entry as it stands in the document that it came from, if it is kept. */
  @Nullable Slice slice(int index) {
    return slices == null ? null : slices[index];
  }

  boolean isRead(int index) {
    return values[index] != null;
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public @Nullable Value get(@Nullable Object key) {
    int index = key instanceof String name ? keys.index(name) : -1;
    return index < 0 ? null : value(index);
  }

  @Override
  public Value getOrDefault(@Nullable Object key, Value otherwise) {
    Value value = get(key);
    return value == null ? otherwise : value;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return key instanceof String name && keys.index(name) >= 0;
  }

  @Override
  public SequencedMap<String, Value> reversed() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(this).reversed());
  }

  @Override
  public Set<Map.Entry<String, Value>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return values.length;
      }

      @Override
      public Iterator<Map.Entry<String, Value>> iterator() {
        return new Entries();
      }
    };
  }

  private final class Entries implements Iterator<Map.Entry<String, Value>> {
    private int next;

    @Override
    public boolean hasNext() {
      return next < values.length;
    }

    @Override
    public Map.Entry<String, Value> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int index = next++;
      return Map.entry(keys.name(index), value(index));
    }
  }
}
