package io.unikernal.udl;

import io.unikernal.model.Field;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether policies say the same. It plays no part where in its line one stands, unless somebody may
 * ask what stands there: of expressions an {@link Index} knows the places.
 */
final class PolicyPlaces {
  /** The options that hold expressions. */
  private static final Set<String> EXPRESSIONS =
      PolicyKind.all().stream()
          .flatMap(kind -> kind.options().fields().stream())
          .filter(field ->
              field.kind() == Field.Kind.EXPRESSION || field.kind() == Field.Kind.CONDITION)
          .map(Field::name)
          .collect(Collectors.toUnmodifiableSet());

  private PolicyPlaces() {}

  static boolean areSame(Entry before, @Nullable Entry now) {
    return now != null
        && (before.equals(now)
            || before.name().equals(now.name()) && areSame(before.value(), now.value()));
  }

  static boolean areSame(Node before, Node now) {
    return before.equals(now) || Node.isSame(before, now) && !hasExpressions(before);
  }

  private static boolean hasExpressions(Node node) {
    return switch (node) {
      case Mapping mapping ->
          mapping.entries().stream()
              .anyMatch(it -> EXPRESSIONS.contains(it.name()) || hasExpressions(it.value()));
      case Node.Sequence sequence ->
          sequence.items().stream().anyMatch(PolicyPlaces::hasExpressions);
      case Node.Scalar scalar -> scalar.text().contains("${");
    };
  }
}
