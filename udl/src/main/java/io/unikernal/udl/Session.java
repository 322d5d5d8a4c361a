package io.unikernal.udl;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.model.Type;
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
  private static final int FORMS_MAX = 50_000;

  private final Map<Path, Parsed> files = new HashMap<>();
  private Map<Expression, Compiled> expressions = new HashMap<>();

  /** Those of the compilation before: what nobody asks for again is forgotten with it. */
  private Map<Expression, Compiled> before = new HashMap<>();

  private final TypeInterner interner = new TypeInterner();
  private Map<String, TypeTable.Kept> types = Map.of();

  /** A file as it was read, and what was found while reading it. */
  record Parsed(Source source, Optional<Node> root, List<Diagnostics.Finding> findings) {
    /** Whether it is no YAML, or not what it seems. */
    boolean isBroken() {
      return findings.stream().anyMatch(Diagnostics.Finding::isError);
    }
  }

  private record Expression(String text, Scope scope, boolean isTemplate) {}

  /** Another compilation begins. */
  void begin() {
    before = expressions;
    expressions = HashMap.newHashMap(before.size());
    interner.begin();
  }

  /** Reads a file's text, unless that is what it was before. */
  Parsed parse(Source source) {
    Path file = source.path();
    Parsed known = files.get(file);
    boolean isSame =
        known != null
            && known.source().name().equals(source.name())
            && known.source().text().equals(source.text());
    if (isSame) {
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
    return compiled(new Expression(text, interner.scope(scope), true));
  }

  /** Bare CEL. */
  Compiled cel(String text, Scope scope) {
    return compiled(new Expression(text, interner.scope(scope), false));
  }

  private Compiled compiled(Expression wanted) {
    return expressions.computeIfAbsent(
        wanted,
        _ -> {
          Compiled known = before.get(wanted);
          if (known != null) {
            return known;
          }
          return wanted.isTemplate()
              ? Expressions.template(wanted.text(), wanted.scope())
              : Expressions.cel(wanted.text(), wanted.scope());
        });
  }

  Map<String, TypeTable.Kept> types() {
    return types;
  }

  void keep(Map<String, TypeTable.Kept> kept) {
    types = Map.copyOf(kept);
  }

  /**
   * Gives records that are written in place one identity for each form: types are compared by it,
   * and each compilation makes them anew.
   */
  private static final class TypeInterner {
    private final Map<Object, Type> known = new HashMap<>();
    private final Map<Scope, Scope> scopes = new HashMap<>();

    void begin() {
      scopes.clear();
      if (known.size() > FORMS_MAX) {
        known.clear();
      }
    }

    Scope scope(Scope scope) {
      Scope found = scopes.get(scope);
      if (found == null) {
        found = scope.withTypes(this::type);
        scopes.put(scope, found);
      }
      return found;
    }

    private Type type(Type type) {
      return switch (type) {
        case Type.Record record -> record.name().isEmpty() ? inPlace(record) : record;
        case Type.ListOf(var element, var size) -> new Type.ListOf(type(element), size);
        case Type.MapOf(var value) -> new Type.MapOf(type(value));
        case Type.Maybe(var of) -> new Type.Maybe(type(of));
        case Type.Labelled(var label, var of) -> new Type.Labelled(label, type(of));
        case Type.StreamOf(var element) -> new Type.StreamOf(type(element));
        case Type.Union _, Type.Simple _, Type.Int _, Type.UInt _, Type.Real _ -> type;
        case Type.Decimal _, Type.Text _, Type.Bytes _, Type.Enum _ -> type;
      };
    }

    private Type inPlace(Type.Record record) {
      List<Type.Field> fields =
          record.fields().stream()
              .map(field ->
                  new Type.Field(field.name(), type(field.type()), field.fallback(), field.doc()))
              .toList();
      return known.computeIfAbsent(fields, _ -> new Type.Record("", fields));
    }
  }
}
