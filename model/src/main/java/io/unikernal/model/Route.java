package io.unikernal.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * From an operation that receives to what is called.
 *
 * @param name {@code from -> to}, unique
 * @param when takes the message only if true; bare routes come last
 * @param with gives what the target takes from the frame whose {@code input} is the message
 * @param reply gives what the source wants from the frame whose {@code input} is the target's
 *     answer
 * @param handling what is done besides carrying the message there
 * @param slots size of the frame that all of its expressions and steps need
 */
public record Route(
    String name,
    Operation from,
    Optional<Expression> when,
    Target to,
    Expression with,
    Expression reply,
    List<Policy> policies,
    Guarantee guarantee,
    Handling handling,
    int slots,
    Origin origin) {

  /** What a route leads to. */
  public sealed interface Target permits Target.ToOperation, Target.ToPipeline, SmartTarget {
    record ToOperation(Operation operation) implements Target {}

    record ToPipeline(String pipeline) implements Target {}
  }

  /**
   * What is done besides.
   *
   * @param onError runs when the route fails for good; then the fault goes on to the source
   * @param deadLetter where a message goes that failed for good
   * @param keepsLetters whether it is kept in the state store where nothing else takes it
   * @param durable whether a message is taken over before it is delivered
   * @param order which messages keep the order in which they came
   */
  public record Handling(
      List<Step> onError,
      Optional<DeadLetter> deadLetter,
      boolean keepsLetters,
      Optional<Durable> durable,
      Optional<Order> order) {
    public static final Handling NONE = new Handling(List.of(), Optional.empty());

    public Handling(
        List<Step> onError,
        Optional<DeadLetter> deadLetter,
        boolean keepsLetters,
        Optional<Durable> durable) {
      this(onError, deadLetter, keepsLetters, durable, Optional.empty());
    }

    public Handling(List<Step> onError, Optional<DeadLetter> deadLetter) {
      this(onError, deadLetter, false, Optional.empty());
    }

    /** The same for a message whose caller waits for its end: nothing is taken over. */
    public Handling direct() {
      return new Handling(onError, deadLetter, false, Optional.empty());
    }
  }

  /**
   * Messages with equal keys are handled one after the other, in the order in which they came;
   * others beside them.
   *
   * @param by gives the key from the frame whose {@code input} is the message
   * @param lanes among how many keys are divided, so that so many messages at most are under way at
   *     once
   */
  public record Order(Expression by, int lanes) {
    public static final int LANES = 64;
    public static final int LANES_MAX = 10_000;
  }

  /**
   * A message is written to the outbox before its source is told that it is taken; then it is
   * carried until it is delivered or is a dead letter, also after a restart.
   *
   * @param attempts how often it is tried
   * @param keep how old it may become
   * @param stored how many may lie there; beyond, sources are told to wait
   */
  public record Durable(int attempts, Duration keep, int stored) {
    public static final Durable STANDARD = new Durable(20, Duration.ofHours(24), 100_000);
  }

  /** {@code with} gives what the target takes, of a {@link Builtin#deadLetter} in `input`. */
  public record DeadLetter(Target to, Expression with) {}

  /**
   * What may happen to a message of the route, and why.
   *
   * @param ordered whether all of them keep the order in which they came
   * @param orderedBy of which value those that are equal keep it, as it is written
   * @param weakest where the call stands that keeps it from promising more
   */
  public record Guarantee(
      Level level,
      boolean ordered,
      Optional<String> orderedBy,
      String why,
      Optional<Origin> weakest) {
    public Guarantee(Level level, boolean ordered, String why) {
      this(level, ordered, Optional.empty(), why, Optional.empty());
    }

    /** For those with equal keys only. */
    public Guarantee orderedBy(String key) {
      return new Guarantee(level, false, Optional.of(key), why, weakest);
    }

    /** For people; empty where no order is kept. */
    public String order() {
      return ordered ? "in order" : orderedBy.map(key -> "in order by " + key).orElse("");
    }

    public enum Level {
      AT_MOST_ONCE("at most once"),
      AT_LEAST_ONCE("at least once"),
      EFFECTIVELY_ONCE("effectively once");

      private final String text;

      Level(String text) {
        this.text = text;
      }

      @Override
      public String toString() {
        return text;
      }
    }

    @Override
    public String toString() {
      String reason = why + weakest.map(origin -> ", " + origin).orElse("");
      return level
          + (order().isEmpty() ? "" : ", " + order())
          + (why.isEmpty() ? "" : " (" + reason + ")");
    }
  }
}
