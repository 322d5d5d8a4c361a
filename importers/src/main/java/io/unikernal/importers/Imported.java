package io.unikernal.importers;

import io.unikernal.model.Type;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a document held, as UDL has it.
 *
 * @param losses what UDL does not hold of it
 * @param notes what was found and left out as a whole: services, statements that are no tables
 */
public record Imported(
    Format format,
    TypeSet types,
    List<ImportedSystem> systems,
    List<Loss> losses,
    List<String> notes) {

  /**
   * @param options the system's own, written after its type
   */
  record ImportedSystem(
      String name,
      String type,
      SequencedMap<String, Option> options,
      List<ImportedOperation> operations,
      String doc) {}

  record ImportedOperation(String name, SequencedMap<String, Option> options, String doc) {}

  /** What stands after an option's name. */
  sealed interface Option {
    record Text(String text) implements Option {}

    record Number(long number) implements Option {}

    record Typed(Type type) implements Option {}

    record Types(SequencedMap<String, Type> types) implements Option {}
  }

  public int operations() {
    return systems.stream().mapToInt(system -> system.operations().size()).sum();
  }
}
