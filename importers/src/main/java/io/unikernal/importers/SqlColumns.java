package io.unikernal.importers;

import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.sf.jsqlparser.statement.create.table.ColumnDefinition;

/** One column: its type, with what {@code check}, {@code not null} and {@code default} add. */
final class SqlColumns {
  private static final Pattern IN = Pattern.compile("(?is).*\\bin\\s*\\((.*)\\)[\\s)]*");
  private static final Pattern BETWEEN =
      Pattern.compile(
          "(?is)\\(?\\s*\"?(\\w+)\"?\\s+between\\s+(-?[0-9.]+)\\s+and\\s+(-?[0-9.]+)\\s*\\)?");
  private static final Pattern COMPARED =
      Pattern.compile("(?is)\\(?\\s*\"?(\\w+)\"?\\s*(>=|<=|>|<)\\s*(-?[0-9.]+)\\s*\\)?");
  private static final Pattern TEXT = Pattern.compile("'(?:[^']|'')*'");

  private final SqlTypes types;
  private final Losses losses;

  SqlColumns(SqlTypes types, Losses losses) {
    this.types = types;
    this.losses = losses;
  }

  /**
   * @param isGenerated whether the database itself gives the value where none is given
   */
  record Column(Type.Field field, String name, boolean isKey, boolean isGenerated) {}

  Column read(ColumnDefinition column, boolean isOfKey, String owner) {
    String name = unquoted(column.getColumnName());
    String path = owner + "." + name;
    List<String> words = Optional.ofNullable(column.getColumnSpecs()).orElse(List.of());
    String specs = String.join(" ", words);
    var data = column.getColDataType();
    String typeName = data.getDataType() + zone(words);
    List<String> arguments = Optional.ofNullable(data.getArgumentsStringList()).orElse(List.of());
    Type type = types.read(typeName, arguments, path);
    boolean isList =
        Optional.ofNullable(data.getArrayData())
            .filter(dimensions -> !dimensions.isEmpty())
            .isPresent();
    if (isList) {
      type = Type.ListOf.of(type);
    }
    for (String check : checks(specs)) {
      type = checked(type, check, path);
    }
    boolean isKey = has(specs, "primary key");
    boolean isGenerated =
        typeName.toLowerCase(Locale.ROOT).contains("serial")
            || has(specs, "identity")
            || has(specs, "autoincrement")
            || has(specs, "auto_increment")
            || has(specs, "generated always");
    boolean isRequired = isKey || isOfKey || has(specs, "not null");
    Optional<Value> fallback = fallback(specs, type, path);
    Type whole = isRequired || fallback.isPresent() ? type : Optionals.of(type);
    return new Column(
        new Type.Field(name, whole, fallback, ""), name, isKey || isOfKey, isGenerated);
  }

  /** {@code timestamp with time zone}: some parsers leave the rest among the words after it. */
  private static String zone(List<String> words) {
    String start = String.join(" ", words).toLowerCase(Locale.ROOT);
    return start.startsWith("with time zone")
        ? " with time zone"
        : start.startsWith("without time zone") ? " without time zone" : "";
  }

  private static boolean has(String specs, String words) {
    return specs.toLowerCase(Locale.ROOT).contains(words);
  }

  static String unquoted(String name) {
    return name.replaceAll("^[\"`\\[]|[\"`\\]]$", "").replace("\"\"", "\"");
  }

  /** What stands in the parentheses after each {@code check}. */
  private static List<String> checks(String specs) {
    var found = new ArrayList<String>();
    Matcher word = Pattern.compile("(?i)\\bcheck\\s*\\(").matcher(specs);
    while (word.find()) {
      int depth = 1;
      int at = word.end();
      while (at < specs.length() && depth > 0) {
        depth += specs.charAt(at) == '(' ? 1 : specs.charAt(at) == ')' ? -1 : 0;
        at++;
      }
      found.add(specs.substring(word.end(), Math.max(word.end(), at - 1)).strip());
    }
    return found;
  }

  private Type checked(Type type, String check, String path) {
    Matcher in = IN.matcher(check);
    if (type instanceof Type.Text && in.matches()) {
      List<String> symbols = TEXT.matcher(in.group(1)).results().map(r -> r.group()).toList();
      String rest = TEXT.matcher(in.group(1)).replaceAll("").replaceAll("[,\\s]", "");
      if (!symbols.isEmpty() && rest.isEmpty()) {
        return types.symbols(symbols, path);
      }
    }
    Matcher between = BETWEEN.matcher(check);
    if (between.matches()) {
      return bounded(
          type, Optional.of(between.group(2)), Optional.of(between.group(3)), check, path);
    }
    Matcher compared = COMPARED.matcher(check);
    if (compared.matches() && compared.group(2).endsWith("=")) {
      boolean isLeast = compared.group(2).startsWith(">");
      Optional<String> bound = Optional.of(compared.group(3));
      return bounded(
          type,
          isLeast ? bound : Optional.empty(),
          isLeast ? Optional.empty() : bound,
          check,
          path);
    }
    if (compared.matches()
        && type instanceof Type.Int
        && compared.group(3).matches("-?[0-9]{1,18}")) {
      boolean isLeast = compared.group(2).startsWith(">");
      String next = "" + (Long.parseLong(compared.group(3)) + (isLeast ? 1 : -1));
      return bounded(
          type,
          isLeast ? Optional.of(next) : Optional.empty(),
          isLeast ? Optional.empty() : Optional.of(next),
          check,
          path);
    }
    losses.add(Loss.Kind.CONSTRAINT, path, "check (" + check + ")");
    return type;
  }

  private Type bounded(
      Type type, Optional<String> least, Optional<String> most, String check, String path) {
    try {
      Optional<BigDecimal> min = least.map(BigDecimal::new);
      Optional<BigDecimal> max = most.map(BigDecimal::new);
      boolean isWhole =
          min.filter(m -> m.stripTrailingZeros().scale() > 0).isEmpty()
              && max.filter(m -> m.stripTrailingZeros().scale() > 0).isEmpty();
      if (type instanceof Type.Int(var range) && isWhole) {
        return new Type.Int(new Type.Range(min.or(range::min), max.or(range::max)));
      }
      if (type instanceof Type.Real(var range)) {
        return new Type.Real(new Type.Range(min.or(range::min), max.or(range::max)));
      }
    } catch (NumberFormatException _) {
      // Falls through: it is told like any rule that is not read.
    }
    losses.add(Loss.Kind.RANGE, path, "check (" + check + ")");
    return type;
  }

  private Optional<Value> fallback(String specs, Type type, String path) {
    Matcher written =
        Pattern.compile(
                "(?is)\\bdefault\\s+('(?:[^']|'')*'|-?[0-9.]+(?![\\w(])|true\\b|false\\b|null\\b|\\S+)")
            .matcher(specs);
    if (!written.find() || written.group(1).equalsIgnoreCase("null")) {
      return Optional.empty();
    }
    String text = written.group(1);
    boolean isText = text.startsWith("'");
    String plain = isText ? text.substring(1, text.length() - 1).replace("''", "'") : text;
    boolean isConstant = isText || text.matches("(?i)-?[0-9.]+|true|false");
    boolean isHeld =
        isConstant && !(type.core() instanceof Type.ListOf) && type.core() != Type.Simple.ANY;
    if (isHeld
        && Conform.fromText(type.core(), isText ? plain : plain.toLowerCase(Locale.ROOT))
            instanceof Conform.Result.Fits(var value)) {
      return Optional.of(value);
    }
    losses.add(Loss.Kind.DEFAULT, path, text);
    return Optional.empty();
  }
}
