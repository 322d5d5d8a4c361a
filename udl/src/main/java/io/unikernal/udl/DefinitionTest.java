package io.unikernal.udl;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One test that stands beside a definition, checked against it: what runs it needs to look nothing
 * up.
 *
 * @param environment variables that the definition reads in this test
 */
public record DefinitionTest(
    String name,
    Map<String, String> environment,
    List<Mock> mocks,
    List<Send> sends,
    Expect expect,
    Origin origin) {

  /**
   * What stands for an operation that is called.
   *
   * @param returns its answer, made of the call's {@code input}, {@code meta} and {@code auth} in
   *     the slots of a frame; empty where it answers nothing
   * @param takes how long, one after the other; the last holds for ever
   */
  public record Mock(
      Operation operation,
      Optional<Expression> returns,
      Optional<Failure> fails,
      List<Takes> takes,
      boolean hangs,
      Origin origin) {}

  /**
   * @param after how many calls are good before
   * @param times how many fail then; for ever if empty
   */
  public record Failure(long after, OptionalLong times, Fault.Code with) {}

  /**
   * @param during for how long of the test's time; for ever if empty
   * @param each what each call takes
   */
  public record Takes(Optional<Duration> during, Duration each) {}

  /**
   * Messages that a source receives.
   *
   * @param input what each holds; slot 0 of the frame holds {@code index}, the number of the
   *     message from 0
   * @param any whether each is made up from the type of what the source receives, and {@code input}
   *     says nothing
   * @param every the time from one to the next
   */
  public record Send(
      Operation to,
      Expression input,
      boolean any,
      long times,
      Duration every,
      Map<String, String> headers,
      Origin origin) {}

  /**
   * What must hold at the end, besides that the books balance.
   *
   * @param errors how many messages failed
   * @param faults how many messages failed so
   * @param time how long all took, in the test's time
   */
  public record Expect(
      Optional<Replies> replies,
      List<Calls> calls,
      List<Share> shares,
      Optional<Count> deadLetters,
      Optional<Count> dropped,
      Optional<Count> errors,
      Map<Fault.Code, Count> faults,
      Optional<Span> time,
      Origin origin) {

    /** Nothing but what always must hold. */
    public static Expect nothing(Origin origin) {
      return new Expect(
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          origin);
    }
  }

  /**
   * @param times how many have this status and body
   * @param quantiles the time that the share of the replies, in percent, takes at most
   */
  public record Replies(
      OptionalInt status,
      Optional<Count> times,
      Map<Integer, Span> quantiles,
      Optional<ValuePattern> body,
      Origin origin) {}

  /** {@code with}: only calls whose input is so are counted. */
  public record Calls(
      Operation operation, Optional<Count> times, Optional<ValuePattern> with, Origin origin) {}

  /**
   * Which part of the calls of the operations that stand in the same target one of them gets.
   *
   * @param above from 0 to 1; likewise {@code below}
   */
  public record Share(
      Operation of,
      Duration from,
      Optional<Duration> to,
      Optional<Double> above,
      Optional<Double> below,
      Origin origin) {}

  /** A number of things: exactly so many, or more than, or fewer than. */
  public record Count(OptionalLong exactly, OptionalLong above, OptionalLong below) {
    public boolean holds(long count) {
      boolean isExact = exactly.isEmpty() || exactly.getAsLong() == count;
      boolean isAbove = above.isEmpty() || count > above.getAsLong();
      return isExact && isAbove && (below.isEmpty() || count < below.getAsLong());
    }
  }

  /** A length of time between bounds. */
  public record Span(Optional<Duration> above, Optional<Duration> below) {
    public boolean holds(Duration time) {
      return above.map(bound -> time.compareTo(bound) > 0).orElse(true)
          && below.map(bound -> time.compareTo(bound) < 0).orElse(true);
    }
  }
}
