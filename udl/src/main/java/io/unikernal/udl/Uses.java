package io.unikernal.udl;

import io.unikernal.model.Type;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the steps of one pipeline read: which values are used, and that no stream is read twice. */
final class Uses {
  /** A name with the fields behind it; not what follows a dot or stands in a text. */
  private static final Pattern REFERENCE =
      Pattern.compile("(?<![\\w.?])[a-z][a-z0-9_]*(?:\\.\\??[A-Za-z_]\\w*)*");

  private static final Pattern TEXT =
      Pattern.compile("'(?:[^'\\\\\\n]|\\\\.)*'|\"(?:[^\"\\\\\\n]|\\\\.)*\"");

  private final Diagnostics diagnostics;
  private final Map<Integer, Place> used = new HashMap<>();
  private Map<String, Place> consumed = new HashMap<>();

  /** Values in slots below are from outside of the innermost `for_each`. */
  private int loopStart;

  Uses(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** Where the value in a slot is first used. */
  Optional<Place> of(int slot) {
    return Optional.ofNullable(used.get(slot));
  }

  /** Notes what an expression, or a mapping or list of them, reads; false if that cannot be. */
  boolean read(Node node, Variables variables) {
    return switch (node) {
      case Mapping mapping ->
          mapping.entries().stream()
              .map(entry -> read(entry.value(), variables))
              .reduce(true, Boolean::logicalAnd);
      case Sequence sequence ->
          sequence.items().stream()
              .map(item -> read(item, variables))
              .reduce(true, Boolean::logicalAnd);
      case Scalar scalar -> template(scalar, variables);
    };
  }

  private boolean template(Scalar scalar, Variables variables) {
    String text = scalar.text();
    boolean isGood = true;
    for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", at + 2)) {
      int end = close(text, at + 2);
      boolean isWhole = at == 0 && end == text.length() - 1;
      isGood &= expression(scalar, at + 2, Math.max(at + 2, end), variables, isWhole);
    }
    return isGood;
  }

  private static int close(String text, int from) {
    int depth = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '}' && depth-- == 0) {
        return i;
      }
      depth += c == '{' ? 1 : 0;
    }
    return text.length();
  }

  /** Notes what a condition reads. */
  boolean condition(Node node, Variables variables) {
    return !(node instanceof Scalar scalar)
        || expression(scalar, 0, scalar.text().length(), variables, false);
  }

  private boolean expression(
      Scalar scalar, int start, int end, Variables variables, boolean isWhole) {
    String text = scalar.text().substring(start, end);
    Matcher match = REFERENCE.matcher(blanked(text));
    boolean isGood = true;
    while (match.find()) {
      String reference = match.group().replace("?", "");
      Optional<Variables.Bound> bound = variables.find(root(reference));
      if (bound.isPresent()) {
        Place place = scalar.part(start + match.start(), start + match.end());
        int slot = bound.get().variable().slot();
        used.putIfAbsent(slot, place);
        boolean isAlone = isWhole && match.group().equals(text.strip());
        isGood &= stream(bound.get().variable().type(), slot, reference, place, isAlone);
      }
    }
    return isGood;
  }

  /** Without its texts, so that no word in them is taken for a name. */
  private static String blanked(String expression) {
    return TEXT.matcher(expression).replaceAll(match -> " ".repeat(match.group().length()));
  }

  private static String root(String reference) {
    int dot = reference.indexOf('.');
    return dot < 0 ? reference : reference.substring(0, dot);
  }

  /** Whether the reference leads to a stream that may be read here. */
  private boolean stream(Type root, int slot, String reference, Place place, boolean isAlone) {
    Type type = root;
    var path = new StringBuilder(String.valueOf(slot));
    var name = new StringBuilder(root(reference));
    String[] parts = reference.split("\\.", -1);
    for (int i = 1; i < parts.length && !Streams.is(type.core()); i++) {
      Optional<Type> next = Typing.fieldOf(type, parts[i]);
      if (next.isEmpty()) {
        return true;
      }
      type = next.get();
      path.append('.').append(parts[i]);
      name.append('.').append(parts[i]);
    }
    Optional<String> rest = Streams.path(type);
    if (rest.isEmpty()) {
      return true;
    }
    if (!isAlone) {
      diagnostics
          .error(
              Code.STREAM_USE, place, "`" + name + "` is a `" + type + "`: no expression reads it")
          .label("pass it on as a whole, or read it with `for_each`");
      return false;
    }
    return consume(
        slot, path + (rest.get().isEmpty() ? "" : "." + rest.get()), name.toString(), place);
  }

  /** Notes the use of a whole value that is not written, as that of the step before. */
  void whole(int slot, Type type, Place place) {
    used.putIfAbsent(slot, place);
    Streams.path(type)
        .ifPresent(rest ->
            consume(slot, slot + (rest.isEmpty() ? "" : "." + rest), "the value before", place));
  }

  private boolean consume(int slot, String key, String what, Place place) {
    String name = what.contains(" ") ? what : "`" + what + "`";
    if (slot < loopStart) {
      diagnostics
          .error(
              Code.STREAM_TWICE, place, name + " is read for each item, and a stream is read once")
          .label("read it before `for_each`");
      return false;
    }
    Place first = consumed.putIfAbsent(key, place);
    if (first == null) {
      return true;
    }
    diagnostics
        .error(Code.STREAM_TWICE, place, name + " is read already, and a stream is read once")
        .label("the first to read it is in line " + first.source().lineAt(first.start()));
    return false;
  }

  /** What is read so far, to go back to for another branch. */
  Map<String, Place> streams() {
    return new HashMap<>(consumed);
  }

  void setStreams(Map<String, Place> streams) {
    consumed = new HashMap<>(streams);
  }

  /** What another branch has read too. */
  void addStreams(Map<String, Place> streams) {
    streams.forEach(consumed::putIfAbsent);
  }

  /** Begins a loop whose own values have slots from here; gives what to end it with. */
  int enterLoop(int slot) {
    int outer = loopStart;
    loopStart = slot;
    return outer;
  }

  void leaveLoop(int outer) {
    loopStart = outer;
  }
}
