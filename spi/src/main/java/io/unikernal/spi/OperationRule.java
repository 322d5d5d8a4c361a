package io.unikernal.spi;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import java.util.List;
import java.util.Set;

/** Derives an operation's direction, types and promises from its options, without I/O. */
@FunctionalInterface
public interface OperationRule {
  Result apply(String name, Config operation, Config system);

  sealed interface Result {
    /** {@code doc} may be empty. */
    record Shaped(
        Direction direction,
        Type input,
        Type output,
        Effect effect,
        Set<Capability> capabilities,
        String doc)
        implements Result {}

    record Refused(List<Problem> problems) implements Result {}
  }

  /**
   * @param field the option it is about; empty for the whole operation
   * @param hint what to write, or empty
   */
  record Problem(String field, String message, String hint) {}
}
