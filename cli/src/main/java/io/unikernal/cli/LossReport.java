package io.unikernal.cli;

import io.unikernal.importers.Loss;
import io.unikernal.model.Value;
import io.unikernal.server.ControlWords;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/** What an import or export lost, for people and for programs. */
final class LossReport {
  /** Of one kind on a terminal; --json has them all. */
  private static final int SHOWN = 3;

  private LossReport() {}

  /** Each kind once: how often, where at first, and what to do. */
  static List<String> lines(List<Loss> losses) {
    SequencedMap<Loss.Kind, List<Loss>> byKind = new TreeMap<>();
    losses.forEach(loss -> byKind.computeIfAbsent(loss.kind(), _ -> new ArrayList<>()).add(loss));
    var lines = new ArrayList<String>();
    byKind.forEach((kind, found) -> {
      lines.add("lost: " + kind.what() + "; " + kind.advice());
      found.stream()
          .limit(SHOWN)
          .forEach(loss ->
              lines.add(
                  "  "
                      + loss.path()
                      + (loss.detail().isEmpty() ? "" : " (" + loss.detail() + ")")));
      if (found.size() > SHOWN) {
        lines.add("  and " + (found.size() - SHOWN) + " more; --json has them all");
      }
    });
    return lines;
  }

  static Value json(List<Loss> losses) {
    return new Value.Items(
        losses.stream()
            .<Value>map(loss ->
                ControlWords.dict(
                    "kind", Value.text(loss.kind().name()),
                    "path", Value.text(loss.path()),
                    "lost", Value.text(loss.kind().what()),
                    "detail", Value.text(loss.detail()),
                    "advice", Value.text(loss.kind().advice())))
            .toList());
  }
}
