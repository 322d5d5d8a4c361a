package io.unikernal.udl;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Compiled.Problem;
import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Expressions of other languages, and misspelt ones, as they are written here. Each guess is
 * compiled; one that compiles is offered, one that only comes further is guessed on.
 */
final class ExpressionGuess {
  private static final int STEPS_MAX = 6;
  private static final int TRIES_MAX = 80;
  private static final int LENGTH_MAX = 2000;
  private static final Pattern OFFERED = Pattern.compile("`([^`…]+)`");
  private static final String PATH = "([A-Za-z_][\\w.?\\[\\]]*)";

  /** Names under which other tools know the message. */
  private static final Set<String> MESSAGE =
      Set.of(
          "body", "payload", "data", "message", "msg", "event", "request", "req", "inputs", "value",
          "ctx", "context", "this", "self", "it", "root", "params", "args", "record", "row", "doc");

  private record Rewrite(Pattern pattern, String replacement) {}

  private static Rewrite rewrite(String pattern, String replacement) {
    return new Rewrite(Pattern.compile(pattern), replacement);
  }

  private static final List<Rewrite> REWRITES =
      List.of(
          rewrite("===", "=="),
          rewrite("!==", "!="),
          rewrite("<>", "!="),
          rewrite("[‘’‚′]", "'"),
          rewrite("[“”„]", "\""),
          rewrite("(?i)\\band\\b", "&&"),
          rewrite("(?i)\\bor\\b", "||"),
          rewrite(PATH + "\\s+not\\s+in\\s+(\\S+)", "!($1 in $2)"),
          rewrite("(?i)\\bnot\\s+", "!"),
          rewrite("(?<!&)&(?!&)", "&&"),
          rewrite("(?<!\\|)\\|(?!\\|)", "||"),
          rewrite("(?<![=!<>])=(?![=~])", "=="),
          rewrite(PATH + "\\s*!==?\\s*(?:null|None|nil|undefined)\\b", "has($1)"),
          rewrite(PATH + "\\s*===?\\s*(?:null|None|nil|undefined)\\b", "!has($1)"),
          rewrite(PATH + "\\s+is\\s+not\\s+(?:null|None)\\b", "has($1)"),
          rewrite(PATH + "\\s+is\\s+(?:null|None)\\b", "!has($1)"),
          rewrite("\\bhas\\(([\\w.]*)\\.\\?(\\w+)\\)", "has($1.$2)"),
          rewrite(
              "([\\w.]+)\\.(\\w+)\\s*\\?\\?\\s*('[^']*'|\"[^\"]*\"|[\\w.]+)", "$1.?$2.orValue($3)"),
          rewrite(
              "([\\w.]+)\\.(\\w+)\\s*\\|\\|\\s*('[^']*'|\"[^\"]*\"|[0-9.]+)", "$1.?$2.orValue($3)"),
          rewrite("([\\w.]+)\\.(\\w+)\\s*\\|\\s*default\\(([^()]*)\\)", "$1.?$2.orValue($3)"),
          rewrite("([\\w.]+)\\s*\\|\\s*(\\w+)\\b(?!\\()", "$1.$2()"),
          rewrite("\\?\\.", ".?"),
          rewrite("\\.(?:length|size|count)\\b(?!\\()(?:\\(\\))?", ".size()"),
          rewrite("\\.(?:length|count|len)\\(\\)", ".size()"),
          rewrite("\\b(?:len|length|count)\\(([^()]*)\\)", "$1.size()"),
          rewrite("\\$\\.", "input."),
          rewrite("\\$(?=[a-z])", ""),
          rewrite("(?<![\\w.)\\]'\"])\\.(?=[a-z_])", "input."),
          rewrite("\\bsteps\\.", ""),
          rewrite("\\.(?:output|outputs|result|results)\\b(?!\\()", ""),
          rewrite("\\b(?:True|yes|TRUE|on)\\b", "true"),
          rewrite("\\b(?:False|no|FALSE|off)\\b", "false"),
          rewrite("\\.(?:includes|include)\\(", ".contains("),
          rewrite(PATH + "\\.(?:includes|contains)\\(([^()]*)\\)", "$2 in $1"),
          rewrite("(\\w+)\\s+contains\\s+(\\S+)", "$1.contains($2)"),
          rewrite("([\\w.]+)\\s+contains\\s+('[^']*')", "$1.contains($2)"),
          rewrite(
              "([\\w.]+)\\s+(?:startswith|starts with|startsWith)\\s+('[^']*')",
              "$1.startsWith($2)"),
          rewrite("([\\w.]+)\\s*=~\\s*/(.+?)/", "$1.matches('$2')"),
          rewrite("([\\w.]+)\\s+(?:matches|like)\\s+('[^']*')", "$1.matches($2)"),
          rewrite("\\((\\w+)\\)\\s*=>\\s*", "$1, "),
          rewrite("(\\w+)\\s*=>\\s*", "$1, "),
          rewrite("\\$\\{([^{}]*)\\}", "$1"),
          rewrite("\\{\\{\\s*(.*?)\\s*\\}\\}", "$1"),
          rewrite("^\\s*\\{\\s*(.*?)\\s*\\}$", "$1"),
          rewrite("^(.+?) if (.+?) else (.+)$", "$2 ? $1 : $3"),
          rewrite(
              "\\b(?:upper|uppercase|toUpper|toUpperCase|ucase)\\(([^()]+)\\)", "$1.upperAscii()"),
          rewrite(
              "\\b(?:lower|lowercase|toLower|toLowerCase|lcase)\\(([^()]+)\\)", "$1.lowerAscii()"),
          rewrite("\\.(?:upper|uppercase|toUpper|toUpperCase|toUppercase)\\(\\)", ".upperAscii()"),
          rewrite("\\.(?:lower|lowercase|toLower|toLowerCase|toLowercase)\\(\\)", ".lowerAscii()"),
          rewrite("\\.(?:starts_with|startswith|hasPrefix)\\(", ".startsWith("),
          rewrite("\\.(?:ends_with|endswith|hasSuffix)\\(", ".endsWith("),
          rewrite("\\.(?:some|any)\\(", ".exists("),
          rewrite("\\.(?:every)\\(", ".all("),
          rewrite("\\.(?:strip|trimmed)\\(\\)", ".trim()"),
          rewrite("\\.(?:substr|slice)\\(", ".substring("),
          rewrite("\\.replaceAll\\(", ".replace("),
          rewrite("([\\w.]+)\\.toString\\(\\)", "string($1)"),
          rewrite("\\b(?:str|String|to_string|toString|text)\\(", "string("),
          rewrite("\\b(?:parseInt|Number|toInt|to_int|integer|long)\\(", "int("),
          rewrite("\\b(?:float|parseFloat|to_float|number)\\(", "double("),
          rewrite("\\bmax\\(([^(),]+),\\s*([^(),]+)\\)", "[$1, $2].max()"),
          rewrite("\\bmin\\(([^(),]+),\\s*([^(),]+)\\)", "[$1, $2].min()"),
          rewrite("\\bsum\\(([^(),]+)\\)", "$1.sum()"),
          rewrite(
              "\\b(?:uuid4|uuidv4|uuid_v4|generateUUID|gen_random_uuid|newUuid|guid|randomUUID)\\(\\)",
              "uuid()"),
          rewrite(
              "\\b(?:Date\\.now|current_timestamp|currentTime|utcnow|timestamp|NOW)\\(\\)",
              "now()"),
          rewrite("\\b(?:JSON\\.stringify|to_json|toJson|json_encode|tojson)\\(", "json("),
          rewrite(
              "\\b(?:coalesce|ifnull|nvl|default)\\(([\\w.]+)\\.(\\w+),\\s*([^()]+)\\)",
              "$1.?$2.orValue($3)"),
          rewrite("\\b(?:is_empty|isEmpty|empty)\\(([^()]+)\\)", "$1.size() == 0"),
          rewrite("([\\w.]+)\\.(?:isEmpty|is_empty)\\(\\)", "$1.size() == 0"),
          rewrite("\\b(?:exists|defined|isset|exist)\\(([\\w.]+)\\)", "has($1)"),
          rewrite("`([^`]*)`", "'$1'"),
          rewrite("(?<![\\w'\"])([0-9]+\\.[0-9]+)(?![\\w'\"])", "decimal('$1')"),
          rewrite("(\\S+)\\s*/\\s*(\\S+)", "div($1, $2, 2)"),
          rewrite("\\b(\\w+)\\(([\\w.]+),\\s*([^()]+)\\)", "$2.$1($3)"),
          rewrite("\\b(\\w+)\\(([\\w.]+)\\)", "$2.$1()"),
          rewrite("'(-?[0-9]+)'", "$1"));

  private static final List<String> ALTERNATIVES =
      List.of("''", "0", "false", "[]", "decimal('0')", "{}");

  private final Function<String, Compiled> compiler;
  private final Predicate<Type> accepts;
  private final List<String> names;
  private final Function<String, List<String>> owners;
  private final boolean isTemplate;
  private final Set<String> tried = new LinkedHashSet<>();

  /**
   * @param owners the variables that have a field of the name
   * @param isTemplate whether expressions stand in {@code ${…}}
   */
  ExpressionGuess(
      Function<String, Compiled> compiler,
      Predicate<Type> accepts,
      List<String> names,
      Function<String, List<String>> owners,
      boolean isTemplate) {
    this.compiler = compiler;
    this.accepts = accepts;
    this.names = names;
    this.owners = owners;
    this.isTemplate = isTemplate;
  }

  Optional<String> find(String text, List<Problem> problems) {
    String now = text;
    List<Problem> left = problems;
    for (int step = 0; step < STEPS_MAX && text.length() <= LENGTH_MAX; step++) {
      String next = "";
      List<Problem> nextLeft = List.of();
      for (String candidate : candidates(now, left.getFirst())) {
        if (tried.size() >= TRIES_MAX) {
          return Optional.empty();
        }
        boolean isForPeople = candidate.contains("...") && !text.contains("...");
        if (isForPeople || !tried.add(candidate)) {
          continue;
        }
        switch (compiler.apply(candidate)) {
          case Compiled.Good(Expression expression) -> {
            if (accepts.test(expression.type())) {
              return Optional.of(candidate);
            }
          }
          case Compiled.Bad(var found) -> {
            boolean isBest = next.isEmpty() || score(found) > score(nextLeft);
            if (isBest && isFurther(found, left)) {
              next = candidate;
              nextLeft = found;
            }
          }
        }
      }
      if (next.isEmpty()) {
        return Optional.empty();
      }
      now = next;
      left = nextLeft;
    }
    return Optional.empty();
  }

  /**
   * Another problem is not yet a better one, but fewer are, or one that comes later in the text.
   */
  private static boolean isFurther(List<Problem> found, List<Problem> before) {
    Problem first = found.getFirst();
    Problem old = before.getFirst();
    return found.size() < before.size()
        || found.size() == before.size()
            && (first.start() > old.start()
                || first.kind().compareTo(old.kind()) > 0
                || !first.message().equals(old.message()) && first.kind() == old.kind());
  }

  /** Text that can be read is nearer than text that cannot, then fewer problems count. */
  private static int score(List<Problem> found) {
    int read = found.getFirst().kind() == Compiled.Kind.SYNTAX ? 0 : 1_000_000;
    return read - 10_000 * Math.min(found.size(), 50) + Math.min(found.getFirst().start(), 9_000);
  }

  private List<String> candidates(String text, Problem problem) {
    var all = new ArrayList<String>();
    int start = Math.clamp(problem.start(), 0, text.length());
    int end = Math.clamp(problem.end(), start, text.length());
    String part = text.substring(start, end);
    var parts = new ArrayList<String>();
    switch (problem.kind()) {
      case UNKNOWN_NAME -> {
        if (start > 0 && text.charAt(start - 1) == '.') {
          start--;
        }
        owners.apply(part).forEach(owner -> parts.add(owner + "." + part));
        if (MESSAGE.contains(part) && names.contains("input")) {
          parts.add("input");
        }
        if (part.equals("headers")) {
          parts.add("meta.headers");
        }
        parts.addAll(offered(problem));
        if (part.matches("[A-Za-z]+") && text.substring(0, start).matches("(?s).*[=!]=\\s*")) {
          parts.add("'" + part + "'");
        }
      }
      case MAYBE_ABSENT -> {
        String path = part.replaceFirst("\\.(\\w+)$", ".?$1");
        ALTERNATIVES.forEach(other -> parts.add(path + ".orValue(" + other + ")"));
      }
      case TYPE -> {
        parts.addAll(operands(part));
        parts.addAll(offered(problem));
      }
      case SYNTAX, UNKNOWN_FIELD, UNKNOWN_FUNCTION, LIMIT -> parts.addAll(offered(problem));
    }
    for (String better : parts) {
      all.add(text.substring(0, start) + better + text.substring(end));
    }
    rewrites(text, start, all);
    if (problem.kind() == Compiled.Kind.SYNTAX) {
      brackets(text, part, start, end, problem.message().contains("closing quote"), all);
    }
    return all;
  }

  /** What the problem itself says to write; names that only might be meant are none. */
  private static List<String> offered(Problem problem) {
    var all = new ArrayList<String>();
    boolean isText = problem.message().contains("is none of the values");
    boolean isOffer =
        problem.hint().startsWith("did you mean")
            || problem.hint().startsWith("write") && !problem.hint().contains("$${");
    Matcher offered = OFFERED.matcher(problem.hint());
    if (isOffer && offered.find()) {
      String better = offered.group(1);
      all.add(isText ? "'" + better + "'" : better.replaceFirst("^\\$\\{(.*)}$", "$1"));
    }
    return all;
  }

  /** What is open closed, what closes nothing left out. */
  private static void brackets(
      String text, String part, int start, int end, boolean isText, List<String> all) {
    List<String> closers = isText ? List.of("'", "\"") : List.of(")", "]", "}", "))");
    closers.forEach(closer -> all.add(text + closer));
    if (part.matches("[)\\]};]")) {
      all.add(text.substring(0, start) + text.substring(end));
    }
  }

  /** Conversions of one side of an operator, and alternatives for what may be absent. */
  private static List<String> operands(String part) {
    var all = new ArrayList<String>();
    Matcher operator =
        Pattern.compile("\\s*(\\+|==|!=|<=|>=|<|>|-|\\*|&&|\\|\\|)\\s*").matcher(part);
    while (operator.find()) {
      String left = part.substring(0, operator.start());
      String right = part.substring(operator.end());
      String sign = " " + operator.group(1) + " ";
      if (left.isBlank() || right.isBlank()) {
        continue;
      }
      all.add(left + sign + right.replaceAll("^(['\"])(-?[0-9.]+|true|false)\\1$", "$2"));
      if (left.equals("null") || right.equals("null")) {
        continue;
      }
      ALTERNATIVES.forEach(other -> {
        all.add(left + ".orValue(" + other + ")" + sign + right);
        all.add(left + sign + right + ".orValue(" + other + ")");
      });
      if (operator.group(1).equals("+")) {
        all.add("string(" + left + ")" + sign + right);
        all.add(left + sign + "string(" + right + ")");
      }
      if (right.matches("-?[0-9.]+")) {
        all.add(left + sign + "decimal('" + right + "')");
        all.add(left + sign + "'" + right + "'");
      }
      all.add(left + sign + right.replaceAll("^(['\"])(-?[0-9.]+)\\1$", "decimal('$2')"));
      for (String kind : List.of("date", "timestamp", "duration", "uuid")) {
        all.add(left + sign + kind + "(" + right + ")");
      }
    }
    if (part.matches("[\\w.?]+")) {
      ALTERNATIVES.forEach(other -> all.add(part + ".orValue(" + other + ")"));
      all.add("json(" + part + ")");
    }
    return all;
  }

  private void rewrites(String text, int at, List<String> all) {
    int from = 0;
    int to = text.length();
    if (isTemplate) {
      from = Math.max(0, text.lastIndexOf("${", Math.min(at, text.length()))) + 2;
      to = text.indexOf('}', from);
      int other = text.indexOf("${", from);
      if (to < 0 || from > to) {
        return;
      }
      to = other < 0 ? text.lastIndexOf('}') : text.lastIndexOf('}', other);
      if (to < from) {
        return;
      }
    }
    String region = text.substring(from, to);
    for (Rewrite rewrite : REWRITES) {
      String changed = rewrite.pattern().matcher(region).replaceAll(rewrite.replacement());
      if (!changed.equals(region)) {
        all.add(text.substring(0, from) + changed + text.substring(to));
      }
    }
  }
}
