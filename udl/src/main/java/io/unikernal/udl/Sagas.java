package io.unikernal.udl;

import io.unikernal.model.Effect;
import io.unikernal.udl.PipelineReader.Call;
import java.util.ArrayList;
import java.util.List;

/** What the steps of a pipeline have called, and what of it is undone when a later one fails. */
final class Sagas {
  private final Diagnostics diagnostics;
  private final List<Site> sites = new ArrayList<>();
  private int lastCompensated;

  Sagas(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  private record Site(Call call, boolean isUndone) {}

  int mark() {
    return sites.size();
  }

  void add(Call call) {
    sites.add(new Site(call, false));
  }

  void compensated(int from) {
    sites.subList(from, sites.size()).replaceAll(site -> new Site(site.call(), true));
    lastCompensated = sites.size();
  }

  /** Calls beside the way are no part of it. */
  void forget(int from) {
    sites.subList(from, sites.size()).clear();
  }

  void warn() {
    for (Site site : sites.subList(0, Math.min(lastCompensated, sites.size()))) {
      Effect effect = site.call().effect();
      if (!site.isUndone() && !effect.isRepeatable()) {
        String id = site.call().op().operation().id();
        diagnostics
            .warning(
                Code.NOT_UNDONE,
                site.call().place(),
                "`" + id + "` stays done where a later step fails and others are undone")
            .label("its effect is `" + effect + "`, and it has no `compensate`")
            .write("compensate:\n  - { system: … }");
      }
    }
  }
}
