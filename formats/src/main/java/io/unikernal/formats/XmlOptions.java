package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which elements, attributes and texts the fields of a record are.
 *
 * @param root the name of the outermost element; when it is written here, others are refused
 */
record XmlOptions(
    Optional<String> root,
    Optional<String> namespace,
    Optional<String> item,
    List<String> attributes,
    String text,
    boolean isWrapped) {
  static final Field<String> ROOT =
      Field.text(
              "root",
              "The name of the outermost element; others are then refused. Without it any is read, and"
                  + " the name of the type is written.")
          .optional()
          .example("order");
  static final Field<String> NAMESPACE =
      Field.text(
              "namespace",
              "The namespace that is written. In reading, only local names count, whatever namespace"
                  + " they are in.")
          .optional()
          .example("urn:example:orders");
  static final Field<String> ITEM =
      Field.text(
              "item",
              "The name of the elements of a list that has no name of its own. Without it that is the"
                  + " name of their type, or `item`.")
          .optional()
          .example("order");
  static final Field<List<String>> ATTRIBUTES =
      Field.texts(
              "attributes",
              "Fields that are written as attributes. In reading, attributes are always fields.")
          .or(List.of())
          .example("[id, currency]");
  static final Field<String> TEXT =
      Field.text(
              "text",
              "The field that holds an element's own text, where it has attributes or elements too.")
          .or("#text")
          .example("amount");
  static final Field<String> LISTS =
      Field.symbol(
              "lists",
              "`repeated`: a list is its field's element, more than once. `wrapped`: one element with"
                  + " an element for each item.",
              "repeated",
              "wrapped")
          .or("repeated");

  static final ConfigSpec SPEC = ConfigSpec.of(ROOT, NAMESPACE, ITEM, ATTRIBUTES, TEXT, LISTS);

  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.\\-\\u00b7]*");

  static XmlOptions of(Config config) {
    config.find(ROOT).ifPresent(name -> check("root", name));
    config.find(ITEM).ifPresent(name -> check("item", name));
    config.get(ATTRIBUTES).forEach(name -> check("attributes", name));
    if (config.find(NAMESPACE).filter(name -> name.isBlank() || !isText(name)).isPresent()) {
      throw Faults.options("`namespace` is no name of a namespace", "leave it out");
    }
    return new XmlOptions(
        config.find(ROOT),
        config.find(NAMESPACE),
        config.find(ITEM),
        config.get(ATTRIBUTES),
        config.get(TEXT),
        config.get(LISTS).equals("wrapped"));
  }

  private static void check(String option, String name) {
    if (!isName(name)) {
      throw Faults.options(
          "`" + option + "` is not the name of an element: `" + name + "`",
          "write a word without spaces and colons");
    }
  }

  /** A name without a colon, a little narrower than XML's own. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether XML can hold the text at all: most control characters it cannot. */
  static boolean isText(String text) {
    return text.codePoints()
        .allMatch(sign ->
            sign == '\t'
                || sign == '\n'
                || sign == '\r'
                || sign >= ' ' && sign < 0xd800
                || sign >= 0xe000 && sign < 0xfffe
                || sign >= 0x10000);
  }
}
