package io.unikernal.kernel;

import io.unikernal.kernel.step.Losing;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import java.util.List;
import java.util.Map;

/** Kernels that break a promise on purpose: what runs definitions must notice. */
public enum BrokenKernels {
  FORGETS_FAILURES(Losing::failures, "settled", "books"),
  SETTLES_TWICE(Losing::settlesTwice, "settled once"),
  ACKNOWLEDGES_WHAT_FAILED(Losing::flatters, "lost"),
  DELIVERS_TWICE(Losing::deliversTwice, "duplicated");

  private final Kernel.PassageMaker passages;
  private final List<String> breaks;

  BrokenKernels(Kernel.PassageMaker passages, String... breaks) {
    this.passages = passages;
    this.breaks = List.of(breaks);
  }

  /** The invariants that show it. */
  public List<String> breaks() {
    return breaks;
  }

  public Kernel open(Plan plan, Map<String, Adapter> adapters, Site site)
      throws InterruptedException {
    return Kernel.open(plan, adapters, site.world(), site.listener(), passages);
  }
}
