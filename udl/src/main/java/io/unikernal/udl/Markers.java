package io.unikernal.udl;

import io.unikernal.udl.Node.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Configuration's markers: environment variables and secrets, read once when a file is loaded. */
final class Markers {
  private static final Pattern WHOLE = Pattern.compile("[A-Z][A-Z0-9_]*");
  private static final Pattern ENV = Pattern.compile("env\\.([A-Za-z_][A-Za-z0-9_]*)");
  private static final Pattern ENV_OR =
      Pattern.compile(
          "env\\.\\?([A-Za-z_][A-Za-z0-9_]*)\\.orValue\\(\\s*('[^']*'|\"[^\"]*\")\\s*\\)");
  private static final Pattern SECRET = Pattern.compile("secret\\.([A-Za-z_][A-Za-z0-9_]*)");

  private final Map<String, String> environment;
  private final Secrets secrets;
  private final Diagnostics diagnostics;

  Markers(Map<String, String> environment, Secrets secrets, Diagnostics diagnostics) {
    this.environment = environment;
    this.secrets = secrets;
    this.diagnostics = diagnostics;
  }

  /** The same, reporting to another. */
  Markers to(Diagnostics other) {
    return new Markers(environment, secrets, other);
  }

  /** Whether what stands between the braces is known when the definition is loaded. */
  static boolean isKnown(String inside) {
    return WHOLE.matcher(inside).matches()
        || ENV.matcher(inside).matches()
        || ENV_OR.matcher(inside).matches()
        || isSecret(inside);
  }

  static boolean isSecret(String inside) {
    return SECRET.matcher(inside).matches();
  }

  /** The value of one marker; empty if it has none, which is reported. */
  Optional<Filled> fill(String inside, Place place) {
    var variables = new ArrayList<String>();
    return value(inside, place, variables).map(text -> new Filled(text, List.copyOf(variables)));
  }

  /**
   * @param variables the names that the text was made of; if there are any, the text is not to be
   *     printed
   */
  record Filled(String text, List<String> variables) {
    boolean isLiteral() {
      return variables.isEmpty();
    }
  }

  /** The scalar's text with its markers replaced; empty if one has no value, which is reported. */
  Optional<Filled> fill(Scalar scalar) {
    String text = scalar.text();
    if (!text.contains("${")) {
      return Optional.of(new Filled(text, List.of()));
    }
    var filled = new StringBuilder();
    var variables = new ArrayList<String>();
    int at = 0;
    while (at < text.length()) {
      if (text.startsWith("$${", at)) {
        filled.append("${");
        at += 3;
      } else if (text.startsWith("${", at)) {
        int end = text.indexOf('}', at);
        if (end < 0) {
          diagnostics.error(
              Code.EXPRESSION_SYNTAX, scalar.part(at, text.length()), "`${` is not closed by `}`");
          return Optional.empty();
        }
        String inside = text.substring(at + 2, end).strip();
        Optional<String> value = value(inside, scalar.part(at, end + 1), variables);
        if (value.isEmpty()) {
          return Optional.empty();
        }
        filled.append(value.get());
        at = end + 1;
      } else {
        filled.append(text.charAt(at++));
      }
    }
    return Optional.of(new Filled(filled.toString(), List.copyOf(variables)));
  }

  private Optional<String> value(String inside, Place place, List<String> variables) {
    Matcher env = ENV.matcher(inside);
    if (WHOLE.matcher(inside).matches()) {
      return environment(inside, place, variables);
    }
    if (env.matches()) {
      return environment(env.group(1), place, variables);
    }
    Matcher envOr = ENV_OR.matcher(inside);
    if (envOr.matches()) {
      String fallback = envOr.group(2).substring(1, envOr.group(2).length() - 1);
      String found = environment.get(envOr.group(1));
      if (found != null) {
        variables.add(envOr.group(1));
      }
      return Optional.of(found == null ? fallback : found);
    }
    Matcher secret = SECRET.matcher(inside);
    if (secret.matches()) {
      variables.add("secret." + secret.group(1));
      return secrets.find(secret.group(1), place, diagnostics);
    }
    diagnostics
        .error(
            Code.CONFIGURATION_MARKER,
            place,
            "`" + inside + "` is not known when the definition is loaded")
        .label("here stand environment variables and secrets only");
    return Optional.empty();
  }

  private Optional<String> environment(String name, Place place, List<String> variables) {
    String found = environment.get(name);
    if (found == null && !diagnostics.first("environment " + name)) {
      return Optional.empty();
    }
    if (found == null) {
      diagnostics
          .error(
              Code.ENVIRONMENT_MISSING, place, "the environment variable `" + name + "` is not set")
          .write("\"${env.?" + name + ".orValue('…')}\"");
      return Optional.empty();
    }
    variables.add(name);
    return Optional.of(found);
  }
}
