package io.unikernal.udl;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.spi.Describes;
import io.unikernal.spi.Describes.Description;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one compilation leaves to the next: trees of files whose text is the same, types that are
 * made of the same declarations, expressions that read the same in the same scope. Each is kept by
 * everything that it depends on, so that the outcome is that of a compilation from nothing.
 */
final class Session {
  private static final int FILES_MAX = 2_000;

  private final Map<Path, Parsed> files = new HashMap<>();
  private final Map<Path, Stamped> sources = new HashMap<>();
  private Map<Expression, Compiled> expressions = new HashMap<>();

  /** Those of the compilation before: what nobody asks for again is forgotten with it. */
  private Map<Expression, Compiled> before = new HashMap<>();

  private final Scopes scopes = new Scopes();
  private final Map<Describes.Request, Optional<Description>> descriptions = new HashMap<>();
  private Map<String, TypeTable.Kept> types = Map.of();

  /** A file as it was read, and what was found while reading it. */
  record Parsed(Source source, Optional<Node> root, List<Diagnostics.Finding> findings) {
    boolean isOf(Source other) {
      return source == other
          || (source.name().equals(other.name()) && source.text().equals(other.text()));
    }

    /** Whether it is no YAML, or not what it seems. */
    boolean isBroken() {
      return findings.stream().anyMatch(Diagnostics.Finding::isError);
    }
  }

  /** {@code scope} is the number of a scope; an expression reads the same in equal ones. */
  private record Expression(String text, int scope, boolean isTemplate) {}

  /** Another compilation begins. */
  void begin() {
    before = expressions;
    expressions = HashMap.newHashMap(before.size());
    scopes.begin();
  }

  private record Stamped(Source source, Stamp stamp) {}

  /** The file as it was read, if it is still that. */
  Optional<Source> source(Path path, Stamp now) {
    return Optional.ofNullable(sources.get(path))
        .filter(it -> it.stamp().isSame(now))
        .map(Stamped::source);
  }

  void keep(Source source, Stamp stamp) {
    if (sources.size() >= FILES_MAX) {
      sources.clear();
    }
    sources.put(source.path(), new Stamped(source, stamp));
  }

  /** Reads a file's text, unless that is what it was before. */
  Parsed parse(Source source) {
    Path file = source.path();
    Parsed known = files.get(file);
    if (known != null && known.isOf(source)) {
      return known;
    }
    var diagnostics = new Diagnostics();
    Optional<Node> root = YamlReader.read(source, diagnostics);
    root.ifPresent(node -> YamlTraps.check(node, source, diagnostics));
    var parsed = new Parsed(source, root, diagnostics.findings());
    if (files.size() >= FILES_MAX) {
      files.clear();
    }
    files.put(file, parsed);
    return parsed;
  }

  /** A scalar with markers. */
  Compiled template(String text, Scope scope) {
    return compiled(text, scopes.of(scope), true);
  }

  /** Bare CEL. */
  Compiled cel(String text, Scope scope) {
    return compiled(text, scopes.of(scope), false);
  }

  private Compiled compiled(String text, Scopes.Numbered scope, boolean isTemplate) {
    var wanted = new Expression(text, scope.number(), isTemplate);
    Compiled known = expressions.get(wanted);
    if (known == null) {
      known = before.get(wanted);
    }
    if (known == null) {
      known =
          isTemplate
              ? Expressions.template(text, scope.scope())
              : Expressions.cel(text, scope.scope());
    }
    expressions.put(wanted, known);
    return known;
  }

  /** What user code said of itself; looked up once, until {@link #forgetDescriptions}. */
  Optional<Description> described(Describes.Request request, Describes describes) {
    return descriptions.computeIfAbsent(request, describes::remembered);
  }

  void forgetDescriptions() {
    descriptions.clear();
  }

  Map<String, TypeTable.Kept> types() {
    return types;
  }

  void keep(Map<String, TypeTable.Kept> kept) {
    types = Map.copyOf(kept);
  }
}
