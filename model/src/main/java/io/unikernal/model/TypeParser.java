package io.unikernal.model;

import java.util.List;
import java.util.Optional;

/**
 * Reads a type as it is written: {@code decimal(12,2)}, {@code list(Item, 1..100)}, {@code
 * string(/[A-Z]+/)}, {@code enum(a, b)}, {@code map(string, int)}, {@code pii(string)}, {@code T?},
 * {@code Card | Transfer}. Never throws for wrong text.
 */
public final class TypeParser {
  static final int DEPTH_MAX = 32;

  private TypeParser() {}

  /** The named types in scope. */
  public interface Names {
    Names NONE =
        new Names() {
          @Override
          public Optional<Type> find(String name) {
            return Optional.empty();
          }

          @Override
          public List<String> all() {
            return List.of();
          }
        };

    Optional<Type> find(String name);

    List<String> all();
  }

  public sealed interface Result {
    record Parsed(Type type) implements Result {}

    /** Offsets in the text, in chars; {@code hint} is what to write, or empty. */
    record Wrong(int start, int end, String message, String hint) implements Result {}
  }

  /**
   * A {@code ?} after the last member of a union makes the whole optional. Where a member is a
   * record that is not defined yet, the union's tag is found when it is asked for; check it with
   * {@link Type.Union#tagOf} once all are defined.
   */
  public static Result parse(String text, Names names) {
    try {
      return new Result.Parsed(new TypeText(text, names).whole());
    } catch (TypeText.WrongException e) {
      return e.wrong;
    }
  }
}
