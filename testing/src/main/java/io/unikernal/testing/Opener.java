package io.unikernal.testing;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Site;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import java.util.Map;

/** Opens the kernel that is tried; ours are tested with some that are broken on purpose. */
@FunctionalInterface
public interface Opener {
  Opener REAL = Kernel::open;

  Kernel open(Plan plan, Map<String, Adapter> adapters, Site site) throws InterruptedException;
}
