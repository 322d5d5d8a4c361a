package io.unikernal.udl;

import io.unikernal.model.Effect;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Scalar;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code effect:}. */
final class Effects {
  private static final Pattern KEYED =
      Pattern.compile("keyed\\(\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*\\)");
  static final List<String> KNOWN =
      List.of("reads", "idempotent", "keyed(id)", "transactional", "once");

  /** Words of other languages. */
  private static final Map<String, String> MEANT =
      Map.of(
          "readonly", "reads",
          "read", "reads",
          "query", "reads",
          "safe", "reads",
          "pure", "reads",
          "exactlyonce", "once",
          "atmostonce", "once",
          "transaction", "transactional",
          "upsert", "idempotent");

  private Effects() {}

  static Optional<Effect> read(Node node, Diagnostics diagnostics) {
    Optional<Scalar> scalar = Vocabulary.text(node, "`effect`", diagnostics);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    String text = scalar.get().text();
    Matcher keyed = KEYED.matcher(text);
    if (keyed.matches()) {
      return Optional.of(new Effect(Effect.Kind.KEYED, keyed.group(1)));
    }
    Effect.Kind kind =
        switch (text) {
          case "reads" -> Effect.Kind.READS;
          case "idempotent" -> Effect.Kind.IDEMPOTENT;
          case "transactional" -> Effect.Kind.TRANSACTIONAL;
          case "once" -> Effect.Kind.ONCE;
          default -> Effect.Kind.UNKNOWN;
        };
    if (kind == Effect.Kind.UNKNOWN) {
      Suggestions.offer(
          diagnostics.error(Code.BAD_EFFECT, node.place(), "there is no effect `" + text + "`"),
          node.place(),
          MEANT.getOrDefault(text.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", ""), text),
          KNOWN);
      return Optional.empty();
    }
    return Optional.of(new Effect(kind, ""));
  }

  /** Reports the key of {@code keyed(...)} if the input is known not to have it. */
  static void checkKey(Effect effect, Type input, Node node, Diagnostics diagnostics) {
    boolean isMissing =
        effect.kind() == Effect.Kind.KEYED
            && input.core() instanceof Type.Record record
            && record.field(effect.key().split("\\.", 2)[0]).isEmpty();
    if (isMissing && input.core() instanceof Type.Record record) {
      List<String> names = record.fields().stream().map(Type.Field::name).toList();
      var finding =
          diagnostics
              .error(
                  Code.BAD_EFFECT,
                  node.place(),
                  "the key `" + effect.key() + "` is no field of the operation's input")
              .label(Suggestions.label(effect.key(), names));
      Suggestions.closest(effect.key(), names)
          .ifPresent(better -> finding.edit(node.place(), "keyed(" + better + ")"));
    }
  }
}
