package io.unikernal.udl;

import io.unikernal.spi.World;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * That the real systems are asked too.
 *
 * @param limit how long each may take to answer; all are asked at once
 * @param isRunning whether the definition of a state folder runs now, and holds its ports itself
 */
public record Connect(World world, Duration limit, Predicate<Path> isRunning) {}
