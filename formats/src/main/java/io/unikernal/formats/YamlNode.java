package io.unikernal.formats;

import java.util.List;
import java.util.SequencedMap;

/**
 * A YAML document before a type has said what its scalars mean. What aliases share is there once.
 */
sealed interface YamlNode {

  /** How many values it stands for, aliases and all. */
  long size();

  /** How many levels are below it. */
  int height();

  /**
   * @param isPlain not quoted, so that it may be other than text
   */
  record Scalar(String text, boolean isPlain, boolean isBinary) implements YamlNode {
    @Override
    public long size() {
      return 1;
    }

    @Override
    public int height() {
      return 0;
    }
  }

  record Sequence(List<YamlNode> items, long size, int height) implements YamlNode {
    static Sequence of(List<YamlNode> items) {
      return new Sequence(
          items,
          1 + items.stream().mapToLong(YamlNode::size).sum(),
          1 + items.stream().mapToInt(YamlNode::height).max().orElse(0));
    }
  }

  record Mapping(SequencedMap<String, YamlNode> entries, long size, int height)
      implements YamlNode {
    static Mapping of(SequencedMap<String, YamlNode> entries) {
      return new Mapping(
          entries,
          1 + entries.values().stream().mapToLong(YamlNode::size).sum(),
          1 + entries.values().stream().mapToInt(YamlNode::height).max().orElse(0));
    }
  }
}
