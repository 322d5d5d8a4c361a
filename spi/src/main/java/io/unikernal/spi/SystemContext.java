package io.unikernal.spi;

import io.unikernal.model.Config;
import io.unikernal.model.Operation;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.List;

/**
 * What an adapter gets to open a system.
 *
 * @param baseDir the folder of the file that declares it
 * @param stateDir {@code .unikernal} of the definition; made on first use by whoever needs it
 * @param caller calls other operations on behalf of the system: a worker's {@code client.call}
 * @param log masked by its users: no labelled value may go in
 */
public record SystemContext(
    String name,
    Config config,
    List<Operation> operations,
    Path baseDir,
    Path stateDir,
    World world,
    Caller caller,
    Logger log) {}
