package io.unikernal.spi;

import io.unikernal.model.Type;
import java.util.List;

/** What an operation really is. */
public sealed interface Reality {

  /**
   * A statement that the database accepts.
   *
   * @param columns of its rows, in order; empty where it gives none
   * @param parameters those whose type the database tells
   * @param misfits what the definition gives that the database refuses
   */
  record Statement(List<Column> columns, List<Parameter> parameters, List<Misfit> misfits)
      implements Reality {
    public Statement {
      columns = List.copyOf(columns);
      parameters = List.copyOf(parameters);
      misfits = List.copyOf(misfits);
    }
  }

  /** A function as the running program has it. */
  record Function(Type input, Type output) implements Reality {}

  /** There is no such operation; {@code known} are those that there are. */
  record Missing(List<String> known) implements Reality {
    public Missing {
      known = List.copyOf(known);
    }
  }

  /**
   * It cannot work.
   *
   * @param message the system's own words
   * @param hint what to do, or empty
   * @param instead what to write at the spot, or empty
   */
  record Refused(Spot spot, String message, String hint, String instead) implements Reality {}

  /**
   * Where in the definition.
   *
   * @param option of the operation; empty for the operation as a whole
   * @param start in the option's text, in chars; below 0 for all of it
   * @param end after the last char
   */
  record Spot(String option, int start, int end) {
    public static final Spot WHOLE = new Spot("", -1, -1);

    public static Spot of(String option) {
      return new Spot(option, -1, -1);
    }
  }

  /** Whether a column may hold NULL. */
  enum Nulls {
    NEVER,
    POSSIBLE,
    /** The database does not say, as of an expression. */
    UNKNOWN
  }

  /**
   * One column.
   *
   * @param kind its type as the database writes it, as {@code numeric(12,2)}; may be empty
   * @param type what its values arrive as where the definition wants what it wants; {@code any}
   *     where that shows only in the values
   * @param spot where the statement names it
   */
  record Column(String name, String kind, Type type, Nulls nulls, Spot spot) {}

  /** One parameter, and what the database takes for it. */
  record Parameter(String name, String kind, Type type) {}

  /**
   * @param given which of the question's givens
   * @param parameter the one that is refused; empty where it is several together
   * @param message the system's own words
   */
  record Misfit(int given, String parameter, String message, String hint) {}
}
