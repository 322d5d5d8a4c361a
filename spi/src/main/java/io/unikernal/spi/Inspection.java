package io.unikernal.spi;

import io.unikernal.model.Fault;
import java.util.List;
import java.util.Map;

/** What came of asking a system. Nothing in it holds a secret. */
public sealed interface Inspection {

  /**
   * It is there.
   *
   * @param detail for people, as {@code 3 statements prepared}
   * @param operations what each operation really is, by its name; those of which nothing can be
   *     said are left out
   * @param notes what could not be asked, and why
   */
  record Reached(String detail, Map<String, Reality> operations, List<String> notes)
      implements Inspection {
    public Reached {
      operations = Map.copyOf(operations);
      notes = List.copyOf(notes);
    }
  }

  /** It cannot be used as the definition says; the fault's hint says what to do. */
  record Unreached(Fault fault) implements Inspection {}

  /** Nothing is out there: a timer, a queue inside the process. */
  record Nothing() implements Inspection {}
}
