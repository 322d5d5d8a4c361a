package io.unikernal.importers;

import io.unikernal.udl.Names;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns names of others into names that UDL allows, each used once. */
final class UdlNames {
  /** As {@code udl} allows, with room for a number that makes it the only one. */
  private static final int LENGTH_MAX = 90;

  private static final Pattern TYPE = Pattern.compile("[A-Z][A-Za-z0-9_]*");

  private final Losses losses;
  private final Set<String> types = new HashSet<>();
  private final Set<String> lower = new HashSet<>();
  private final Map<String, Integer> next = new HashMap<>();

  UdlNames(Losses losses) {
    this.losses = losses;
  }

  /** A type's name, which nothing else has. A change of the given name is told. */
  String type(String wanted) {
    String name = typeName(wanted);
    String unique = unique(name, types);
    if (!unique.equals(wanted) && TYPE.matcher(wanted).matches()) {
      losses.add(Loss.Kind.NAME, unique, "was `" + wanted + "`");
    }
    return unique;
  }

  /** As {@link #type}, for a name that a document gave: that it is another now is always told. */
  String givenType(String wanted) {
    String unique = unique(typeName(wanted), types);
    if (!unique.equals(wanted)) {
      losses.add(Loss.Kind.NAME, unique, "was `" + wanted + "`");
    }
    return unique;
  }

  /** The name of a system or an operation, which no other of them has. */
  String lower(String wanted) {
    return unique(lowerName(wanted), lower);
  }

  private String unique(String name, Set<String> taken) {
    String unique = name;
    while (!taken.add(unique)) {
      unique = name + next.merge(name, 2, (count, _) -> count + 1);
    }
    return unique;
  }

  static String typeName(String wanted) {
    var name = new StringBuilder();
    boolean isStart = true;
    for (int i = 0; i < wanted.length() && name.length() < LENGTH_MAX; i++) {
      char sign = wanted.charAt(i);
      boolean isWord = sign < 0x80 && (Character.isLetterOrDigit(sign) || sign == '_');
      if (isWord) {
        name.append(isStart ? Character.toUpperCase(sign) : sign);
      }
      isStart = !isWord || (isStart && name.isEmpty());
    }
    if (name.isEmpty()) {
      return "Type";
    }
    return Character.isUpperCase(name.charAt(0)) ? name.toString() : "T" + name;
  }

  static String lowerName(String wanted) {
    String name =
        wanted
            .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9_]+", "_")
            .replaceAll("_{2,}", "_")
            .replaceAll("^[^a-z]+|_+$", "");
    if (name.length() > LENGTH_MAX) {
      name = name.substring(0, LENGTH_MAX).replaceAll("_+$", "");
    }
    if (name.isEmpty()) {
      return "thing";
    }
    return Names.reserved().contains(name) ? "my_" + name : name;
  }
}
