package io.unikernal.kernel;

import io.unikernal.kernel.execute.Hedging;
import io.unikernal.kernel.execute.Linker;
import io.unikernal.kernel.execute.Several;

/** What people are told of targets. */
final class TargetReports {
  private TargetReports() {}

  static Status.Targets of(Linker linker) {
    var members =
        linker.statistics().entrySet().stream()
            .map(one -> new Status.MemberStatus(one.getKey(), one.getValue().report()))
            .toList();
    var choices = linker.beside().choices().stream().map(TargetReports::choice).toList();
    var held =
        linker.beside().gatherings().stream()
            .map(one -> new Status.HeldStatus(one.name(), one.waiting(), one.batches()))
            .toList();
    return new Status.Targets(members, choices, held);
  }

  private static Status.ChoiceStatus choice(Several.Choose choose) {
    return new Status.ChoiceStatus(
        choose.text(),
        choose.origin(),
        choose.hedging().map(Hedging::calls).orElse(0L),
        choose.hedging().map(Hedging::sent).orElse(0L),
        choose.hedging().map(Hedging::won).orElse(0L),
        choose.shadow().map(one -> new Status.ShadowStatus(one.name(), one.counts())),
        choose.canaries().stream()
            .map(one ->
                new Status.CanaryStatus(
                    one.member().aim().text(), one.percent(), one.trial().ended()))
            .toList());
  }
}
