package io.unikernal.spi;

import io.unikernal.model.Config;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * An adapter that can say what its systems really are: {@code check --connect} asks it. It is not
 * {@link Adapter#open}, which makes folders and tables, binds ports and starts all workers: an
 * inspection changes nothing, and what it starts it ends before it answers.
 */
public interface Inspects extends Adapter {

  /**
   * What is asked.
   *
   * @param baseDir the folder of the file that declares the system
   * @param isRunning whether this definition runs now, so that what it holds is held by itself
   * @param limit how long all of it may take; an answer that comes later is not waited for
   */
  record Request(
      String system,
      Config config,
      List<Question> questions,
      Path baseDir,
      boolean isRunning,
      Duration limit,
      World world,
      Logger log) {}

  /**
   * One operation.
   *
   * @param givens the types of what the definition gives it, each once
   */
  record Question(Operation operation, List<Type> givens) {}

  Inspection inspect(Request request) throws InterruptedException;
}
