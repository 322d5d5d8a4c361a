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

  private static final Pattern WITH_DEFAULT =
      Pattern.compile(
          "(?:env[.:])?([A-Z][A-Z0-9_]*)\\s*(?::-|:\\?|:=|:|-|,|\\|\\||\\?\\?)\\s*['\"]?(.*?)['\"]?");
  private static final Pattern VARIABLE =
      Pattern.compile(
          "(?i:env|environ|process\\.env|os\\.environ|sys|System\\.env|vars|global)"
              + "(?:[.:]|\\[['\"])([A-Z][A-Z0-9_]*)(?:['\"]])?");
  private static final Pattern SECRETS =
      Pattern.compile("(?i:secrets?|vault)(?:[.:/]|\\[['\"])([A-Za-z_]\\w*)(?:['\"]])?");
  private static final Pattern FIELD =
      Pattern.compile("(?:input|body|params|payload)\\.\\??([a-z_]\\w*)");
  private static final Pattern STATEMENT =
      Pattern.compile("(?i)^\\s*(?:select|insert|update|delete|with)\\b");
  private static final Pattern FOREIGN =
      Pattern.compile("\\$([A-Z][A-Z0-9_]*)|\\{\\{\\s*(?:env\\.)?([A-Z][A-Z0-9_]*)\\s*}}");

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
    return value(inside, inside, place, variables)
        .map(text -> new Filled(text, List.copyOf(variables)));
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
      warnForeign(scalar);
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
          var finding =
              diagnostics.error(
                  Code.EXPRESSION_SYNTAX,
                  scalar.part(at, text.length()),
                  "`${` is not closed by `}`");
          ScalarEdits.replace(finding, scalar, text + "}");
          return Optional.empty();
        }
        String inside = text.substring(at + 2, end).strip();
        Optional<String> value = value(inside, text, scalar.part(at, end + 1), variables);
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

  /** Markers of shells and frameworks; in a statement or path a parameter. */
  private static Optional<String> meant(String inside, String whole) {
    Matcher withDefault = WITH_DEFAULT.matcher(inside);
    if (withDefault.matches()) {
      String other = withDefault.group(2).replace("'", "");
      return Optional.of("${env.?" + withDefault.group(1) + ".orValue('" + other + "')}");
    }
    Matcher variable = VARIABLE.matcher(inside);
    if (variable.matches()) {
      return Optional.of("${" + variable.group(1) + "}");
    }
    Matcher secret = SECRETS.matcher(inside);
    if (secret.matches()) {
      return Optional.of("${secret." + secret.group(1) + "}");
    }
    Matcher field = FIELD.matcher(inside);
    if (field.matches() && STATEMENT.matcher(whole).find()) {
      return Optional.of(":" + field.group(1));
    }
    return field.matches() && whole.startsWith("/")
        ? Optional.of("{" + field.group(1) + "}")
        : Optional.empty();
  }

  /** {@code $NAME} and {@code {{ env.NAME }}}: texts here, which is seldom meant. */
  private void warnForeign(Scalar scalar) {
    Matcher match = FOREIGN.matcher(scalar.text());
    if (match.matches()) {
      String name = match.group(1) == null ? match.group(2) : match.group(1);
      String better = "\"${" + name + "}\"";
      diagnostics
          .warning(
              Code.FOREIGN_MARKER,
              scalar.place(),
              "this is taken as it stands: only `${…}` reads a variable")
          .write(better)
          .edit(scalar.place(), better);
    }
  }

  private Optional<String> value(String inside, String whole, Place place, List<String> variables) {
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
      diagnostics.session().note(Trail::spoil);
      variables.add("secret." + secret.group(1));
      return secrets.find(secret.group(1), place, diagnostics);
    }
    var finding =
        diagnostics
            .error(
                Code.CONFIGURATION_MARKER,
                place,
                "`" + inside + "` is not known when the definition is loaded")
            .label("here stand environment variables and secrets only");
    meant(inside, whole).ifPresent(better -> finding.write(better).edit(place, better));
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
