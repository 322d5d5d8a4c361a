package io.unikernal.formats;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * An element before a type has said what it means.
 *
 * @param attributes but those of XML and of schemas themselves
 * @param children the elements in it by their names, in the order in which each name came first
 * @param order all of them in the order of the document
 * @param text all its own text
 */
record XmlNode(
    String name,
    SequencedMap<String, String> attributes,
    SequencedMap<String, List<XmlNode>> children,
    List<XmlNode> order,
    String text,
    boolean isNil) {

  static XmlNode of(
      String name, Map<String, String> attributes, List<XmlNode> order, String text, boolean nil) {
    var children = new LinkedHashMap<String, List<XmlNode>>();
    for (XmlNode child : order) {
      children.computeIfAbsent(child.name(), _ -> new java.util.ArrayList<>(1)).add(child);
    }
    return new XmlNode(name, new LinkedHashMap<>(attributes), children, order, text, nil);
  }

  boolean hasElements() {
    return !order.isEmpty();
  }

  /** Text beside elements is only layout where it is blank. */
  boolean hasText() {
    return hasElements() ? !text.isBlank() : !text.isEmpty();
  }
}
