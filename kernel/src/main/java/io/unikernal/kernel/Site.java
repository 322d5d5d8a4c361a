package io.unikernal.kernel;

import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;

/** Where a kernel runs: what it lives on besides its plan. */
public record Site(World world, Listener listener, StateStore state) {}
