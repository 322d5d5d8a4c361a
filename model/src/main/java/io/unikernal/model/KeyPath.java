package io.unikernal.model;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an object so far, in their order: a place in a tree that all readers of one format
 * share. Objects that were seen before need so no text for a key, no look for a second key of the
 * same name, and no keys of their own. The tree is bounded: objects whose keys are data do not fit
 * in, and are read without it.
 */
final class KeyPath {
  private static final KeyPath[] NONE = {}; // Before the trees, which need it.
  static final Tree JSON = new Tree(JsonWriter::key);
  static final Tree CBOR = new Tree(CborWriter::key);

  private static final int NODES_MAX = 8192;
  private static final int CHILDREN_MAX = 8;
  private static final int KEYS_MAX = 64;
  private static final int KEY_LENGTH_MAX = 64;

  /** Where the paths of one format begin. Made anew when it is full, so that it follows the use. */
  static final class Tree {
    private final Function<String, byte[]> encoding;
    private final AtomicInteger nodes = new AtomicInteger();
    private volatile KeyPath root;

    Tree(Function<String, byte[]> encoding) {
      this.encoding = encoding;
      root = new KeyPath(this, null, "");
    }

    KeyPath root() {
      return root;
    }

    private boolean isFull() {
      if (nodes.incrementAndGet() <= NODES_MAX) {
        return false;
      }
      nodes.set(0);
      root = new KeyPath(this, null, "");
      return true;
    }
  }

  private final Tree tree;
  private final @Nullable KeyPath before;
  private final String key;
  private final int size;

  /** The key as the format writes it, with what always follows. */
  final byte[] encoded;

  /** Changed by copying: of two that add at once one is lost, and added again later. */
  private volatile KeyPath[] next = NONE;

  private @Nullable Keys keys;

  private KeyPath(Tree tree, @Nullable KeyPath before, String key) {
    this.tree = tree;
    this.before = before;
    this.key = key;
    size = before == null ? 0 : before.size + 1;
    encoded = before == null ? new byte[0] : tree.encoding.apply(key);
  }

  /** What has followed until now. Not to be changed. */
  KeyPath[] next() {
    return next;
  }

  /** The path with one key more; null where that key is in it, or it does not fit in the tree. */
  @Nullable KeyPath child(String name) {
    KeyPath[] known = next;
    for (KeyPath child : known) {
      if (child.key.equals(name)) {
        return child;
      }
    }
    if (known.length >= CHILDREN_MAX
        || size >= KEYS_MAX
        || name.length() > KEY_LENGTH_MAX
        || has(name)
        || tree.isFull()) {
      return null;
    }
    var child = new KeyPath(tree, this, name);
    KeyPath[] more = java.util.Arrays.copyOf(known, known.length + 1);
    more[known.length] = child;
    next = more;
    return child;
  }

  private boolean has(String name) {
    for (KeyPath at = this; at.before != null; at = at.before) {
      if (at.key.equals(name)) {
        return true;
      }
    }
    return false;
  }

  Keys keys() {
    Keys made = keys;
    if (made == null) {
      var names = new String[size];
      for (KeyPath at = this; at.before != null; at = at.before) {
        names[at.size - 1] = at.key;
      }
      made = new Keys(names);
      keys = made;
    }
    return made;
  }
}
