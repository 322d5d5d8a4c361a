package io.unikernal.udl;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds credentials that stand in the definition itself: in options that are declared secret, at
 * keys whose name says so, and within texts that have the form of one.
 */
final class ClearText {
  private static final Pattern USER_INFO = Pattern.compile("://[^/\\s:@$]*:([^@/\\s]+)@");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)[?&;](?:password|passwd|pwd|token|access_token|secret|api_?key|sig)=([^&;\\s]+)");
  private static final Pattern AUTHORIZATION =
      Pattern.compile("(?i)^\\s*(?:bearer|basic|token|apikey)\\s+([A-Za-z0-9._~+/=-]{6,})\\s*$");
  private static final Pattern KEY_BLOCK =
      Pattern.compile("(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.*)");
  private static final List<Pattern> FORMS =
      List.of(USER_INFO, PARAMETER, AUTHORIZATION, KEY_BLOCK);
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(?:.*[_.-])?"
              + "(password|passwd|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key"
              + "|access[_-]?key|authorization|credentials?|cookie)"
              + "(?:[_-](?:value|text|hex|base64))?");

  private final Diagnostics diagnostics;

  ClearText(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** Whether a value may be a password, by the name of its key or by its look. */
  static boolean isSuspect(String name, String text) {
    return NAME.matcher(name).matches()
        || FORMS.stream().anyMatch(form -> form.matcher(text).find());
  }

  /** {@code owner} is what the mapping describes: a name that a variable may begin with. */
  void check(String owner, Mapping mapping, ConfigSpec spec) {
    for (Entry entry : mapping.entries()) {
      Optional<Field<?>> field = OptionReader.field(spec, entry.name());
      if (field.isPresent() && isText(field.get())) {
        check(owner, entry, field.get().isSecret());
      }
    }
  }

  /** Types and statements hold no credentials, though their words may be the same. */
  private static boolean isText(Field<?> field) {
    return switch (field.kind()) {
      case TEXT, TEXTS, TEXT_MAP -> true;
      case INT, BOOL, DURATION, SIZE, PATH, SYMBOL, SYMBOLS, SHARE -> false;
      case TYPE, TYPE_OR_SYMBOL, TYPES, OPTIONS, OPTIONS_LIST -> false;
      case EXPRESSION, CONDITION -> false;
    };
  }

  private void check(String owner, Entry entry, boolean isSecret) {
    String key = entry.name();
    switch (entry.value()) {
      case Scalar scalar -> check(owner, key, scalar, isSecret || NAME.matcher(key).matches());
      case Sequence list ->
          list.items().stream()
              .filter(Scalar.class::isInstance)
              .map(Scalar.class::cast)
              .forEach(item -> check(owner, key, item, isSecret));
      case Mapping texts -> texts.entries().forEach(text -> check(owner, text, false));
    }
  }

  /** The name of a secret, as {@code db_password}. */
  private static String secret(String owner, String key) {
    return (owner + "_" + key).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
  }

  private void check(String owner, String key, Scalar scalar, boolean isSecret) {
    String text = scalar.text();
    boolean isFilled = text.contains("${") && !text.contains("$${");
    if (isFilled || text.isEmpty()) {
      return;
    }
    // The address of a server is no secret by itself, though it may hold one.
    boolean isWhole = isSecret && !text.contains("://");
    List<MatchResult> parts = FORMS.stream().flatMap(form -> form.matcher(text).results()).toList();
    if (!isWhole && parts.isEmpty()) {
      return;
    }
    parts.forEach(part -> diagnostics.hide(scalar.part(part.start(1), part.end(1))));
    if (isWhole) {
      diagnostics.hide(scalar.place());
    }
    String better = isWhole ? "${secret." + secret(owner, key) + "}" : replaced(owner, text, parts);
    diagnostics
        .warning(Code.CLEAR_TEXT, scalar.place(), "`" + key + "` holds a password in clear text")
        .label("everybody who reads the file reads it")
        .write(key + ": " + YamlErrors.quoted(better))
        .edit(scalar.place(), YamlErrors.quoted(better));
  }

  /** The text with its secret parts taken out. */
  private static String replaced(String owner, String text, List<MatchResult> parts) {
    var better = new StringBuilder(text);
    parts.stream()
        .sorted(Comparator.comparingInt((MatchResult part) -> part.start(1)).reversed())
        .forEach(part ->
            better.replace(
                part.start(1), part.end(1), "${secret." + secret(owner, "password") + "}"));
    return better.toString();
  }
}
