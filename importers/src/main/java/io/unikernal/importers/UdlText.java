package io.unikernal.importers;

import io.unikernal.importers.Imported.ImportedOperation;
import io.unikernal.importers.Imported.ImportedSystem;
import io.unikernal.importers.Imported.Option;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** Writes a definition file. Docs become comments where the language has no place for them. */
final class UdlText {
  /** More would hide the types; all are in the report. */
  private static final int LOSSES_SHOWN = 5;

  private static final int DOC_LINES = 3;
  private static final int LINE = 110;
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\?)?");
  private static final Pattern PLAIN_TYPE =
      Pattern.compile("[A-Za-z][A-Za-z0-9_]*(\\([A-Za-z0-9_.]*\\))?\\??");

  /** Plain words that YAML 1.2, or a reader of 1.1, takes for something else. */
  private static final Pattern SPECIAL =
      Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n|[-+]?(\\.inf|\\.nan)");

  private final StringBuilder out = new StringBuilder();
  private final Imported imported;
  private final TypeTexts texts;
  private final Losses late = new Losses();
  private final Map<String, List<Loss>> lossesByOwner = new HashMap<>();

  /**
   * @param losses the document's, and those that only writing showed
   */
  record Written(String text, List<Loss> losses) {}

  private UdlText(Imported imported) {
    this.imported = imported;
    texts = new TypeTexts(imported.types(), late);
    imported.losses().forEach(this::own);
  }

  static Written write(Imported imported, String title) {
    var writer = new UdlText(imported);
    writer.file(title);
    var losses = new ArrayList<>(imported.losses());
    losses.addAll(writer.late.all());
    return new Written(writer.out.toString(), List.copyOf(losses));
  }

  /** Under the type or operation whose name the path begins with. */
  private void own(Loss loss) {
    String owner = loss.path().split("[.\\[]", 2)[0];
    lossesByOwner.computeIfAbsent(owner, _ -> new ArrayList<>()).add(loss);
  }

  private void file(String title) {
    comment("", title);
    imported.notes().forEach(note -> comment("", note));
    out.append("udl: 7\n");
    if (!imported.types().types().isEmpty()) {
      out.append("types:\n");
      imported.types().types().forEach(this::type);
    }
    if (!imported.systems().isEmpty()) {
      out.append("systems:\n");
      imported.systems().forEach(this::system);
    }
  }

  private void type(String name, Type type) {
    int start = out.length();
    if (type instanceof Type.Record record
        && imported.types().nameOf(type).orElse("").equals(name)) {
      out.append("  ").append(name).append(": ");
      if (record.fields().isEmpty()) {
        out.append("{}\n");
      } else {
        out.append('\n');
        record.fields().forEach(field -> field(name, field));
      }
    } else {
      String other = imported.types().nameOf(type).orElse(name);
      String text = other.equals(name) ? texts.declared(type, name) : other;
      out.append("  ").append(name).append(": ").append(typeScalar(text)).append('\n');
    }
    String written = out.substring(start);
    out.setLength(start);
    String doc = imported.types().doc(name);
    comment("  ", doc.equalsIgnoreCase(name) ? "" : doc);
    losses(name, "  ");
    out.append(written.replace(name + ": \n", name + ":\n"));
  }

  private void field(String owner, Type.Field field) {
    String path = owner + "." + field.name();
    if (field.name().equals("extends")) {
      late.add(Loss.Kind.NAME, path, "`extends` is a word of UDL, so the field is left out");
      comment("    ", "lost: the field `extends`, which is a word of UDL");
      return;
    }
    comment("    ", field.doc());
    out.append("    ")
        .append(key(field.name()))
        .append(": ")
        .append(typeScalar(texts.field(field, path)))
        .append('\n');
  }

  private void system(ImportedSystem system) {
    comment("  ", system.doc());
    losses(system.name(), "  ");
    out.append("  ")
        .append(system.name())
        .append(":\n    type: ")
        .append(system.type())
        .append('\n');
    options(system.options(), "    ", system.name());
    if (!system.operations().isEmpty()) {
      out.append("    operations:\n");
      system.operations().forEach(operation -> operation(system, operation));
    }
  }

  private void operation(ImportedSystem system, ImportedOperation operation) {
    losses(operation.name(), "      ");
    out.append("      ").append(operation.name()).append(":\n");
    options(operation.options(), "        ", system.name() + "." + operation.name());
    if (!operation.doc().isBlank()) {
      out.append("        doc: ").append(quoted(shortened(operation.doc()))).append('\n');
    }
  }

  private void options(SequencedMap<String, Option> options, String indent, String path) {
    options.forEach((name, option) -> {
      out.append(indent).append(name).append(": ");
      switch (option) {
        case Option.Text(var text) -> out.append(scalar(text)).append('\n');
        case Option.Number(var number) -> out.append(number).append('\n');
        case Option.Typed(var type) ->
            out.append(typeScalar(texts.used(type, path + "." + name))).append('\n');
        case Option.Types(var types) -> {
          out.setLength(out.length() - 1);
          out.append('\n');
          types.forEach((field, type) ->
              out.append(indent)
                  .append("  ")
                  .append(key(field))
                  .append(": ")
                  .append(typeScalar(texts.used(type, path + "." + name + "." + field)))
                  .append('\n'));
        }
      }
    });
  }

  private void losses(String owner, String indent) {
    List<Loss> losses = lossesByOwner.getOrDefault(owner, List.of());
    losses.stream()
        .limit(LOSSES_SHOWN)
        .forEach(loss -> lines(indent, "lost: " + loss.text(), Integer.MAX_VALUE));
    if (losses.size() > LOSSES_SHOWN) {
      lines(indent, "lost: " + (losses.size() - LOSSES_SHOWN) + " more, see the report", 1);
    }
  }

  private void comment(String indent, String text) {
    if (!text.isBlank()) {
      lines(indent, text, DOC_LINES);
    }
  }

  /** Wrapped; more than {@code most} lines are cut. */
  private void lines(String indent, String text, int most) {
    int count = 0;
    var line = new StringBuilder();
    for (String word : harmless(text).strip().split("\\s+")) {
      if (!line.isEmpty() && line.length() + word.length() >= LINE) {
        if (++count >= most) {
          out.append(indent).append("# ").append(line).append(" …\n");
          return;
        }
        out.append(indent).append("# ").append(line).append('\n');
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    out.append(indent).append("# ").append(line).append('\n');
  }

  private static String shortened(String doc) {
    String line = harmless(doc).strip().replaceAll("\\s+", " ");
    int sentence = line.indexOf(". ");
    String first = sentence > 0 ? line.substring(0, sentence + 1) : line;
    return first.length() > LINE * 2 ? first.substring(0, LINE * 2).strip() + "…" : first;
  }

  /** Without what YAML may not hold, and without half of a pair. */
  static String harmless(String text) {
    var kept = new StringBuilder();
    text.codePoints()
        .map(sign -> {
          boolean isBad =
              Character.isISOControl(sign)
                  || Character.getType(sign) == Character.SURROGATE
                  || sign == 0xFEFF
                  || sign == 0x2028
                  || sign == 0x2029
                  || (sign & 0xFFFE) == 0xFFFE;
          return isBad ? ' ' : sign;
        })
        .forEach(kept::appendCodePoint);
    return kept.toString();
  }

  static String key(String name) {
    return PLAIN.matcher(name).matches() && !name.endsWith("?") && !SPECIAL.matcher(name).matches()
        ? name
        : quoted(name);
  }

  private static String typeScalar(String text) {
    return PLAIN_TYPE.matcher(text).matches() && !text.equals("null") || text.equals("null")
        ? text
        : quoted(text);
  }

  private static String scalar(String text) {
    boolean isPlain =
        text.matches("[A-Za-z/.][A-Za-z0-9/_.:?-]*")
            && !text.endsWith(":")
            && !SPECIAL.matcher(text).matches();
    return isPlain ? text : quoted(text);
  }

  /** JSON's form of a text is YAML's too, once no character is left that YAML refuses. */
  static String quoted(String text) {
    var quoted = new StringBuilder();
    TypeTexts.json(Value.text(text))
        .codePoints()
        .forEach(sign -> {
          boolean isHalf = Character.getType(sign) == Character.SURROGATE;
          boolean isOdd =
              sign >= 0x7F && sign < 0xA0
                  || sign == 0x2028
                  || sign == 0x2029
                  || sign == 0xFEFF
                  || (sign & 0xFFFE) == 0xFFFE;
          if (isHalf || isOdd) {
            quoted.append(isHalf || sign > 0xFFFF ? "?" : "\\u%04X".formatted(sign));
          } else {
            quoted.appendCodePoint(sign);
          }
        });
    return quoted.toString();
  }
}
