package io.unikernal.testing;

import io.unikernal.kernel.Listener.Event;
import io.unikernal.kernel.Status;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Outcome;
import io.unikernal.model.Plan;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.DefinitionTest;
import io.unikernal.udl.DefinitionTest.Calls;
import io.unikernal.udl.DefinitionTest.Count;
import io.unikernal.udl.DefinitionTest.Replies;
import io.unikernal.udl.DefinitionTest.Share;
import io.unikernal.udl.DefinitionTest.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** Holds what was seen of a test against what it expects. */
final class Judge {
  private final Plan plan;
  private final Senders senders;
  private final DefinitionTest test;
  private final Stage.Ran ran;
  private final Seen seen;
  private final Story story;
  private final List<Failing> found = new ArrayList<>();

  Judge(Plan plan, Map<String, Adapter> adapters, DefinitionTest test, Stage.Ran ran) {
    this.plan = plan;
    senders = new Senders(plan, adapters);
    this.test = test;
    this.ran = ran;
    seen = ran.seen();
    story = new Story(seen, senders);
  }

  /** Everything that is wrong; the mistakes of the test itself first. */
  List<Failing> failings(Set<String> missing) {
    missing.forEach(this::missing);
    test.sends().forEach(this::unrouted);
    ran.broken().ifPresent(this::broken);
    var expect = test.expect();
    expect.replies().ifPresent(this::replies);
    expect.calls().forEach(this::calls);
    expect.shares().forEach(this::share);
    count("dead_letters", expect.deadLetters(), deadLetters());
    count("dropped", expect.dropped(), dropped());
    List<Event.MessageFailed> failed = seen.events(Event.MessageFailed.class);
    count("errors", expect.errors(), failed.size());
    expect
        .faults()
        .forEach((code, count) ->
            count(
                "errors: " + code,
                Optional.of(count),
                failed.stream().filter(one -> one.fault().code() == code).count()));
    expect.time().ifPresent(this::time);
    if (ran.broken().isEmpty()) {
      books();
    }
    if (missing.isEmpty() && test.sends().stream().anyMatch(DefinitionTest.Send::any)) {
      internal(failed);
    }
    return List.copyOf(found);
  }

  private void missing(String operation) {
    fail(
        test.origin(),
        "mock",
        "every operation that is called has a mock",
        "`%s` is called and has none; write `mock: { %s: { returns: … } }`"
            .formatted(operation, operation),
        seen.callsOf(operation).stream()
            .findFirst()
            .flatMap(call -> story.messageOf(call.traceId)));
  }

  /** Else nothing would come of it, and every number would be right that is none. */
  private void unrouted(DefinitionTest.Send send) {
    if (plan.routes().stream().noneMatch(route -> route.from().id().equals(send.to().id()))) {
      fail(
          send.origin(),
          "send",
          "a route begins at `" + send.to().id() + "`",
          "none does, so nothing of it is received",
          Optional.empty());
    }
  }

  private void broken(String why) {
    fail(test.origin(), "the test", "it comes to its end", why, Optional.empty());
  }

  private void replies(Replies expected) {
    var sent = seen.sent;
    if (expected.status().isPresent()) {
      Optional<Seen.Sent> mute =
          sent.stream()
              .filter(one -> senders.of(one.source, Outcome.Done.NONE).isEmpty())
              .findFirst();
      if (mute.isPresent()) {
        fail(
            expected.origin(),
            "replies",
            "status " + expected.status().getAsInt(),
            "`%s` tells its senders no status: leave out `status`"
                .formatted(mute.get().source.id()),
            Optional.empty());
        return;
      }
    }
    List<Seen.Sent> good = sent.stream().filter(one -> isGood(expected, one)).toList();
    Optional<Seen.Sent> other = sent.stream().filter(one -> !isGood(expected, one)).findFirst();
    Count count =
        expected
            .times()
            .orElse(
                new Count(
                    OptionalLong.of(sent.size()), OptionalLong.empty(), OptionalLong.empty()));
    if (!count.holds(good.size())) {
      fail(
          expected.origin(),
          "replies",
          text(count) + " " + wanted(expected),
          "%d of %d%s"
              .formatted(
                  good.size(),
                  sent.size(),
                  other.map(one -> "; the first that differs: " + story.reply(one)).orElse("")),
          other.or(() -> good.stream().findFirst()));
    }
    expected.quantiles().forEach((percent, span) -> quantile(expected, percent, span, good));
  }

  private static String wanted(Replies expected) {
    var text = new ArrayList<String>();
    expected.status().ifPresent(status -> text.add("status " + status));
    expected.body().ifPresent(body -> text.add("body " + Story.text(body)));
    return text.isEmpty() ? "replies" : "with " + String.join(" and ", text);
  }

  private boolean isGood(Replies expected, Seen.Sent sent) {
    if (sent.outcome().isEmpty()) {
      return false;
    }
    Outcome outcome = sent.outcome().get();
    boolean isStatus =
        expected.status().isEmpty() || senders.of(sent.source, outcome).equals(expected.status());
    boolean isDone = outcome instanceof Outcome.Done || expected.status().isPresent();
    return isStatus
        && isDone
        && expected.body().map(body -> body.matches(body(outcome))).orElse(true);
  }

  private static Value body(Outcome outcome) {
    return outcome instanceof Outcome.Done(var reply) ? reply.body() : Value.Absent.ABSENT;
  }

  private void quantile(Replies expected, int percent, Span span, List<Seen.Sent> good) {
    List<Seen.Sent> sorted =
        good.stream().sorted(Comparator.comparing(one -> one.took.orElse(Duration.ZERO))).toList();
    if (sorted.isEmpty()) {
      return; // that there are none is said already, or wanted
    }
    int index = Math.ceilDiv(sorted.size() * percent, 100) - 1;
    Seen.Sent at = sorted.get(Math.max(0, index));
    Duration took = at.took.orElse(Duration.ZERO);
    if (!span.holds(took)) {
      fail(
          expected.origin(),
          "replies: p" + percent,
          text(span),
          Story.text(took) + "; the slowest took " + Story.text(sorted.getLast().took.orElse(took)),
          Optional.of(at));
    }
  }

  private void calls(Calls expected) {
    List<Seen.Call> counted =
        seen.callsOf(expected.operation().id()).stream()
            .filter(call -> expected.with().map(with -> with.matches(call.input)).orElse(true))
            .toList();
    String with = expected.with().map(value -> " with " + Story.text(value)).orElse("");
    boolean holds =
        expected.times().map(count -> count.holds(counted.size())).orElse(!counted.isEmpty());
    if (!holds) {
      long all = seen.callsOf(expected.operation().id()).size();
      String other = with.isEmpty() || all == counted.size() ? "" : " (" + all + " without `with`)";
      fail(
          expected.origin(),
          "calls of " + expected.operation().id(),
          expected.times().map(Judge::text).orElse("some") + with,
          counted.size() + other,
          seen.callsOf(expected.operation().id()).stream()
              .findFirst()
              .flatMap(call -> story.messageOf(call.traceId))
              .or(() -> seen.sent.stream().findFirst()));
    }
  }

  private void share(Share expected) {
    Set<String> together = Siblings.of(plan, expected.of());
    Predicate<Seen.Call> isCounted =
        call ->
            together.contains(call.operation.id())
                && call.at.compareTo(expected.from()) >= 0
                && expected.to().map(to -> call.at.compareTo(to) < 0).orElse(true);
    long all = seen.calls().stream().filter(isCounted).count();
    long own =
        seen.calls().stream()
            .filter(isCounted)
            .filter(call -> call.operation.id().equals(expected.of().id()))
            .count();
    double share = all == 0 ? 0 : (double) own / all;
    boolean holds =
        all > 0
            && expected.above().map(above -> share > above).orElse(true)
            && expected.below().map(below -> share < below).orElse(true);
    if (!holds) {
      var bounds = new ArrayList<String>();
      expected.above().ifPresent(above -> bounds.add("above " + above));
      expected.below().ifPresent(below -> bounds.add("below " + below));
      String when =
          " from "
              + Story.text(expected.from())
              + expected.to().map(to -> " to " + Story.text(to)).orElse("");
      fail(
          expected.origin(),
          "share of " + expected.of().id(),
          String.join(" and ", bounds) + when,
          all == 0
              ? "no call at all"
              : "%.3f: %d of the %d calls of %s"
                  .formatted(share, own, all, String.join(", ", together)),
          Optional.empty());
    }
  }

  private void count(String what, Optional<Count> expected, long count) {
    if (expected.isPresent() && !expected.get().holds(count)) {
      fail(
          test.expect().origin(),
          what,
          text(expected.get()),
          Long.toString(count),
          seen.events(Event.MessageFailed.class).stream().findFirst().flatMap(seen::of));
    }
  }

  private long deadLetters() {
    return seen.events(Event.DeadLettered.class).size();
  }

  private long dropped() {
    return ran.status().stream()
        .flatMap(status -> status.routes().stream())
        .mapToLong(route -> route.counts().dropped())
        .sum();
  }

  private void time(Span expected) {
    Duration all =
        seen.sent.stream()
            .map(one -> one.at.plus(one.took.orElse(Stage.SETTLE_MAX)))
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    if (!expected.holds(all)) {
      fail(test.expect().origin(), "time", text(expected), Story.text(all), Optional.empty());
    }
  }

  /** Always: each message is settled once, and the kernel's books say the same as what was seen. */
  private void books() {
    Ledgers.wrong(seen, ran.status().orElse(new Status(List.of(), List.of())))
        .forEach(wrong ->
            fail(test.origin(), "the books", wrong.expected(), wrong.came(), wrong.message()));
  }

  private void internal(List<Event.MessageFailed> failed) {
    failed.stream()
        .filter(one -> one.fault().code() == Fault.Code.INTERNAL)
        .findFirst()
        .ifPresent(one ->
            fail(
                test.origin(),
                "any",
                "no message fails inside",
                "INTERNAL: " + one.fault().message() + " (" + one.origin() + ")",
                seen.of(one)));
  }

  private void fail(
      Origin at, String what, String expected, String came, Optional<Seen.Sent> message) {
    found.add(
        new Failing(
            at,
            what,
            expected,
            came,
            message.map(one -> OptionalInt.of(one.number)).orElse(OptionalInt.empty()),
            message.map(story::lines).orElse(List.of())));
  }

  static String text(Count count) {
    var text = new ArrayList<String>();
    count.exactly().ifPresent(number -> text.add("" + number));
    count.above().ifPresent(number -> text.add("more than " + number));
    count.below().ifPresent(number -> text.add("fewer than " + number));
    return String.join(" and ", text);
  }

  static String text(Span span) {
    var text = new ArrayList<String>();
    span.above().ifPresent(time -> text.add("above " + Story.text(time)));
    span.below().ifPresent(time -> text.add("below " + Story.text(time)));
    return String.join(" and ", text);
  }
}
