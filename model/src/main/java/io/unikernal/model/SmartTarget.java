package io.unikernal.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/** A target of several members: which of them takes a message is decided for each message. */
public sealed interface SmartTarget extends Route.Target {
  /** In the order in which they are written. */
  List<Member> members();

  Slots slots();

  /** All that a message or its copy may come to. */
  default List<Member> everyone() {
    var everyone = new ArrayList<>(members());
    if (this instanceof Choose choose) {
      choose.shadow().ifPresent(everyone::add);
      choose.canaries().forEach(canary -> everyone.add(canary.member()));
    }
    return everyone;
  }

  /**
   * Where the values of one passage lie in the frame. Calls that run at once have a copy of the
   * frame each.
   *
   * @param given holds what came while a member's {@code with} is evaluated
   * @param answered holds a member's answer while its {@code answer} is evaluated
   */
  record Slots(int given, int answered) {}

  /**
   * One that may be called.
   *
   * @param name {@code system.operation} or the pipeline's name, under which weights and costs name
   *     it; empty for a smart target within another
   * @param with what it takes, of what came
   * @param answer its answer as the type that all members have in common
   * @param policies those of its operation, which guard this call alone
   */
  record Member(
      String name,
      Route.Target target,
      Expression with,
      Expression answer,
      List<Policy> policies) {}

  /** How {@link Choose} chooses among the members that {@code prefer} leaves. */
  enum By {
    /** The one that has been answering soonest. */
    LATENCY,
    /** The one that has been failing least. */
    ERRORS,
    /** The one with the fewest calls under way. */
    LEAST_BUSY,
    /** Each in turn. */
    ROUND_ROBIN,
    /** By the shares that are written. */
    WEIGHTED,
    /** The same key comes to the same member. */
    STICKY,
    /** The cheapest that works. */
    COST,
    /** By all of what is measured. */
    ADAPTIVE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** After how long a second copy goes to another member. */
  sealed interface Hedge {
    /** After this percentile, 50 to 99.9, of the times that the member's answers took. */
    record AtPercentile(double percentile) implements Hedge {}

    record After(Duration time) implements Hedge {}
  }

  /** A member on trial. {@code percent} of the messages go to it, 0 to 100. */
  record Canary(Member member, double percent) {}

  /**
   * One member takes the message.
   *
   * @param weights shares by the members' names, relative to each other; 1 where none is written
   * @param costs what a call costs by the members' names, in a unit that only the author knows
   * @param key for {@link By#STICKY}: equal keys come to one member
   * @param prefer the name of the member that the author wants, or an empty text
   * @param shadow gets a copy; its answer is compared and never returned
   */
  record Choose(
      List<Member> members,
      By by,
      SequencedMap<String, Double> weights,
      SequencedMap<String, Double> costs,
      Optional<Expression> key,
      Optional<Expression> prefer,
      Optional<Hedge> hedge,
      Optional<Member> shadow,
      List<Canary> canaries,
      Slots slots)
      implements SmartTarget {}

  /** Every member takes it; the answer is the list of theirs, in the order of the members. */
  record All(List<Member> members, Slots slots) implements SmartTarget {}

  /** Every member takes it; the first that succeeds gives the answer, the others are cancelled. */
  record First(List<Member> members, Slots slots) implements SmartTarget {}

  /** One after the other until one succeeds. */
  record Fallback(List<Member> members, Slots slots) implements SmartTarget {}
}
