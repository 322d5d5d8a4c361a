package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what YAML reads without complaint but otherwise than it was meant. */
final class YamlTraps {
  private static final Pattern ENVIRONMENT =
      Pattern.compile("(?i)!(?:env|env_?var|environment|env_?secret)");
  private static final Pattern INCLUDE = Pattern.compile("(?i)!(?:include|import)");
  private static final Pattern VARIABLE = Pattern.compile("[A-Z][A-Z0-9_]*");
  private static final Pattern CUT = Pattern.compile(" #[^ ].*\\$\\{.*");

  private final YamlErrors errors;
  private final Diagnostics diagnostics;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private YamlTraps(Source source, Diagnostics diagnostics) {
    errors = new YamlErrors(source, diagnostics);
    this.diagnostics = diagnostics;
  }

  static void check(Node root, Source source, Diagnostics diagnostics) {
    new YamlTraps(source, diagnostics).visit(root, "");
  }

  private void visit(Node node, String key) {
    if (!seen.add(node)) {
      return;
    }
    switch (node) {
      case Scalar scalar -> scalar(scalar, key);
      case Sequence sequence -> {
        checkCommas(sequence);
        sequence.items().forEach(item -> visit(item, key));
      }
      case Mapping mapping -> {
        checkCommas(mapping);
        for (Entry entry : mapping.entries()) {
          checkKey(entry.key());
          visit(entry.value(), entry.name());
        }
      }
    }
  }

  private void scalar(Scalar scalar, String key) {
    if (scalar.tag().isPresent()) {
      Source source = scalar.place().source();
      if (key.equals("when") || scalar.tag().get().startsWith("!")) {
        int start = source.text().lastIndexOf('!', scalar.place().start());
        start = start < source.lineStart(scalar.place().start()) ? scalar.place().start() : start;
        if (key.equals("when")) {
          errors.predicate(new Place(source, start, scalar.place().end()), key);
          return;
        }
      }
      tag(scalar, scalar.tag().get());
      return;
    }
    comment(scalar);
    String text = scalar.text();
    int marker = text.lastIndexOf("${");
    boolean isCut = scalar.isPlain() && marker >= 0 && text.indexOf('}', marker) < 0;
    Source source = scalar.place().source();
    int lineEnd = source.lineEnd(scalar.place().end());
    String rest = source.text().substring(scalar.place().end(), lineEnd);
    if (isCut && rest.strip().startsWith("#")) {
      Place place = new Place(source, scalar.place().start(), lineEnd);
      String quoted = YamlErrors.quoted(place.text());
      diagnostics
          .error(
              Code.YAML_MARKER_QUOTES,
              place,
              "the ` #` cuts this text off: it begins a comment without quotes")
          .label("quote this")
          .write(quoted)
          .edit(place, quoted, true);
    }
  }

  private void tag(Scalar scalar, String tag) {
    Source source = scalar.place().source();
    int start = source.text().lastIndexOf('!', scalar.place().start());
    boolean isDouble = tag.startsWith("tag:yaml.org,2002:");
    int from = isDouble && start > 0 && source.text().charAt(start - 1) == '!' ? start - 1 : start;
    Place whole = new Place(source, Math.max(0, from), scalar.place().end());
    var finding =
        diagnostics.error(
            Code.YAML_TAG, whole, "tags as `" + YamlErrors.shortTag(tag) + "` mean nothing here");
    String better =
        isDouble
            ? scalar.isPlain() && tag.endsWith(":str")
                ? YamlErrors.quoted(scalar.text())
                : scalar.place().text()
            : ENVIRONMENT.matcher(tag).matches() && VARIABLE.matcher(scalar.text()).matches()
                ? "\"${" + scalar.text() + "}\""
                : INCLUDE.matcher(tag).matches() ? "" : YamlErrors.quoted(whole.text());
    if (better.isEmpty()) {
      finding.label("`import: " + scalar.text() + "` reads another file, at the top of this one");
    } else {
      finding.write(better).edit(whole, better);
    }
  }

  /** Blanks that are none stand in names when text is copied from a page or a chat. */
  private void checkKey(Scalar key) {
    if (key.isPlain() && key.text().equals("<<")) {
      diagnostics
          .error(Code.UNKNOWN_KEY, key.place(), "`<<` merges nothing: YAML 1.2 has no merge keys")
          .label("write the keys here; types and policies have `extends`");
    }
    Matcher unseen = YamlSlips.UNSEEN.matcher(key.text());
    if (!unseen.find()) {
      return;
    }
    String raw = key.place().text();
    Matcher all = YamlSlips.UNSEEN.matcher(raw);
    var finding =
        diagnostics
            .error(
                Code.YAML_SYNTAX,
                key.part(unseen.start(), unseen.end()),
                "an invisible character that is no space (U+%04X)"
                    .formatted((int) unseen.group().charAt(0)))
            .label("type a space here, or nothing");
    while (all.find()) {
      Place place =
          new Place(
              key.place().source(),
              key.place().start() + all.start(),
              key.place().start() + all.end());
      finding.edit(place, YamlSlips.spaceFor(all.group()));
    }
  }

  /** {@code Order #1 of ${x}}: a comment, though it looks like a part of the text. */
  private void comment(Scalar scalar) {
    Source source = scalar.place().source();
    int lineEnd = source.lineEnd(scalar.place().end());
    String rest = source.text().substring(scalar.place().end(), lineEnd);
    if (scalar.isPlain() && CUT.matcher(rest).matches()) {
      Place place = new Place(source, scalar.place().start(), lineEnd);
      String quoted = YamlErrors.quoted(place.text());
      diagnostics
          .error(
              Code.YAML_MARKER_QUOTES,
              place,
              "the ` #` cuts this text off: it begins a comment without quotes")
          .label("quote this")
          .write(quoted)
          .edit(place, quoted);
    }
  }

  /** {@code { price: decimal(12,2) }}: the comma ends the value and begins a key. */
  private void checkCommas(Mapping mapping) {
    if (!mapping.isFlow()) {
      return;
    }
    List<Entry> entries = mapping.entries();
    for (int i = 0; i + 1 < entries.size(); i++) {
      if (!(entries.get(i).value() instanceof Scalar first) || !isOpen(first)) {
        continue;
      }
      int last = i + 1;
      while (last < entries.size() && !entries.get(last).key().text().contains(")")) {
        last++;
      }
      if (last < entries.size() && entries.get(last).value().isNull()) {
        reportComma(
            first.place().to(entries.get(last).key().place()), entries.get(i).name() + ": ");
        return;
      }
    }
  }

  private void checkCommas(Sequence sequence) {
    if (!sequence.isFlow()) {
      return;
    }
    List<Node> items = sequence.items();
    for (int i = 0; i + 1 < items.size(); i++) {
      if (items.get(i) instanceof Scalar first
          && isOpen(first)
          && items.get(i + 1) instanceof Scalar next
          && next.text().contains(")")) {
        reportComma(first.place().to(next.place()), "");
        return;
      }
    }
  }

  private static boolean isOpen(Scalar scalar) {
    if (!scalar.isPlain()) {
      return false;
    }
    long open = scalar.text().chars().filter(c -> c == '(').count();
    return open > scalar.text().chars().filter(c -> c == ')').count();
  }

  private void reportComma(Place place, String key) {
    String quoted = YamlErrors.quoted(place.text());
    diagnostics
        .error(
            Code.YAML_COMMA_QUOTES,
            place,
            "`" + place.text() + "` needs quotes inside `{ }`: YAML cuts it at the comma")
        .label("quote this")
        .write(key + quoted)
        .edit(place, quoted, true);
  }
}
