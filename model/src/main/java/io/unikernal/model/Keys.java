package io.unikernal.model;

/** The different keys of a map in their order, shared by all maps that have the same. */
final class Keys {
  static final Keys NONE = new Keys(new String[0]);

  /** Up to here one looks at each. */
  private static final int SCANNED_MAX = 8;

  private final String[] names;
  private final int[] table; // Open addressing: an index plus one, or 0.

  /** The array is given away. */
  Keys(String[] names) {
    this.names = names;
    table = new int[names.length <= SCANNED_MAX ? 0 : Integer.highestOneBit(names.length) * 4];
    for (int i = 0; i < names.length && table.length > 0; i++) {
      int at = slot(names[i]);
      while (table[at] != 0) {
        at = (at + 1) & (table.length - 1);
      }
      table[at] = i + 1;
    }
  }

  private int slot(String name) {
    int hash = name.hashCode();
    return (hash ^ hash >>> 16) * 0x9E3779B9 >>> 1 & (table.length - 1);
  }

  int size() {
    return names.length;
  }

  String name(int index) {
    return names[index];
  }

  /** The key's index, or -1. */
  int index(String name) {
    if (table.length == 0) {
      for (int i = 0; i < names.length; i++) {
        if (names[i].equals(name)) {
          return i;
        }
      }
      return -1;
    }
    for (int at = slot(name); table[at] != 0; at = (at + 1) & (table.length - 1)) {
      if (names[table[at] - 1].equals(name)) {
        return table[at] - 1;
      }
    }
    return -1;
  }
}
