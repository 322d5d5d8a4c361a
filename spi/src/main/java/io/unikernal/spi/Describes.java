package io.unikernal.spi;

import io.unikernal.model.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * An adapter whose systems know their own operations: a worker's functions, a server's procedures.
 * Runs user code or asks a server, so only {@code check} without {@code --offline} calls it.
 */
public interface Describes extends Adapter {

  /** What a description may use. Answers may be kept under {@code cacheDir}, by content hash. */
  record Request(String system, Config config, Path baseDir, Path cacheDir) {}

  sealed interface Description {
    record Described(SequencedMap<String, OperationRule.Result.Shaped> operations)
        implements Description {}

    /** It could not say: a syntax error, a missing interpreter. */
    record Failed(List<Problem> problems) implements Description {}
  }

  /**
   * @param file the user's file, empty if it is about the system as a whole
   * @param line from 1, or 0
   */
  record Problem(String file, int line, String message, String hint) {}

  Description describe(Request request) throws InterruptedException;

  /**
   * What it would say by what it said before of the same content: runs nothing. Empty if it keeps
   * no answers, or has none.
   */
  default Optional<Description> remembered(Request request) {
    return Optional.empty();
  }
}
