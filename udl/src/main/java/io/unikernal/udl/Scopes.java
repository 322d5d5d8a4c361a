package io.unikernal.udl;

import io.unikernal.expr.Scope;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Type;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers scopes, equal ones alike. Types are compared by their identity, and each compilation
 * makes records that are written in place anew: here they get one identity for each form.
 */
final class Scopes {
  private static final int FORMS_MAX = 50_000;

  private final Map<List<Type.Field>, Type> forms = new HashMap<>();
  private final Map<Scope, Numbered> numbers = new HashMap<>();
  private int next;

  /** Of this compilation. */
  private final Map<Type, Type> types = new IdentityHashMap<>();

  private final Map<Scope, Numbered> scopes = new IdentityHashMap<>();

  /** No two scopes that differ have one number, not even when one is forgotten. */
  record Numbered(Scope scope, int number) {}

  /** Another compilation begins. */
  void begin() {
    types.clear();
    scopes.clear();
    if (forms.size() > FORMS_MAX || numbers.size() > FORMS_MAX) {
      forms.clear();
      numbers.clear();
    }
  }

  Numbered of(Scope scope) {
    Numbered known = scopes.get(scope);
    if (known == null) {
      known = numbers.computeIfAbsent(form(scope), form -> new Numbered(form, next++));
      scopes.put(scope, known);
    }
    return known;
  }

  /** Functions are no part of it: an expression asks for few of them. */
  private Scope form(Scope scope) {
    return scope.withTypes(this::type).with(UserFunctions.NONE);
  }

  private Type type(Type type) {
    Type known = types.get(type);
    if (known == null) {
      known = form(type);
      types.put(type, known);
    }
    return known;
  }

  private Type form(Type type) {
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
                new Type.Field(
                    field.name(),
                    type(field.type()),
                    field.fallback(),
                    field.doc(),
                    field.isJsonText()))
            .toList();
    return forms.computeIfAbsent(fields, _ -> new Type.Record("", fields));
  }
}
