package io.unikernal.testing;

import io.unikernal.kernel.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Holds the kernel's books against what was seen from outside: no message may be lost. */
final class Ledgers {
  private Ledgers() {}

  /** {@code message}: the first that shows it, if one does. */
  record Wrong(String expected, String came, Optional<Seen.Sent> message) {}

  static List<Wrong> wrong(Seen seen, Status status) {
    var found = new ArrayList<Wrong>();
    seen.sent.stream()
        .filter(one -> one.outcomes.size() != 1)
        .findFirst()
        .ifPresent(one ->
            found.add(
                new Wrong(
                    "each message is settled once",
                    one.outcomes.isEmpty()
                        ? "message %d never was".formatted(one.number)
                        : "message %d was %d times".formatted(one.number, one.outcomes.size()),
                    Optional.of(one))));
    for (var route : status.routes()) {
      var counts = route.counts();
      if (!counts.isBalanced() || counts.inFlight() != 0) {
        found.add(
            new Wrong(
                "the books of `" + route.name() + "` balance, with nothing under way at the end",
                ("received %d, delivered %d, failed %d, dead-lettered %d, dropped %d,"
                        + " in flight %d")
                    .formatted(
                        counts.received(),
                        counts.delivered(),
                        counts.failed(),
                        counts.deadLettered(),
                        counts.dropped(),
                        counts.inFlight()),
                Optional.empty()));
      }
    }
    long received = status.routes().stream().mapToLong(route -> route.counts().received()).sum();
    if (received < seen.sent.size()) {
      found.add(
          new Wrong(
              seen.sent.size() + " messages are received",
              received + " are in the books",
              Optional.empty()));
    }
    return found;
  }
}
