package io.unikernal.udl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One use of a template: what its text was made for.
 *
 * @param place of the {@code use}
 * @param arguments the texts that stand for its parameters
 * @param outer the use of the template in which this one stands
 */
record TemplateUse(
    String template, Place place, List<String> arguments, Optional<TemplateUse> outer) {

  private static final int SHOWN_MAX = 3;

  /** Texts as short as this are parts of other words. */
  private static final int SHORT_MAX = 3;

  /** As {@code a.udl.yaml:4}, the innermost first. */
  String at() {
    var places = new ArrayList<String>();
    Optional<TemplateUse> use = Optional.of(this);
    while (use.isPresent()) {
      places.add(use.get().place.toString());
      use = use.get().outer;
    }
    if (places.size() > SHOWN_MAX) {
      places.subList(SHOWN_MAX - 1, places.size() - 1).clear();
      places.set(SHOWN_MAX - 2, places.get(SHOWN_MAX - 2) + ", …");
    }
    return String.join(", used at ", places);
  }

  int depth() {
    return 1 + outer.map(TemplateUse::depth).orElse(0);
  }

  /** What a finding says in any use: the arguments' texts taken out of it. */
  String general(String message) {
    var texts = new ArrayList<>(arguments);
    outer.ifPresent(use -> texts.addAll(use.arguments()));
    texts.sort(Comparator.comparingInt(String::length).reversed());
    String general = message;
    for (String text : texts) {
      if (text.length() > SHORT_MAX) {
        general = general.replace(text, "…");
      } else if (!text.isBlank()) {
        general = inNames(general, text);
      }
    }
    return general;
  }

  /** Only between backticks, and as a word. */
  private static String inNames(String message, String text) {
    var word = Pattern.compile("(?<![A-Za-z0-9])" + Pattern.quote(text) + "(?![A-Za-z0-9])");
    String[] parts = message.split("`", -1);
    for (int i = 1; i < parts.length; i += 2) {
      parts[i] = word.matcher(parts[i]).replaceAll("…");
    }
    return String.join("`", parts);
  }
}
