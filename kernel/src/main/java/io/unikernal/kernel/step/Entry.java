package io.unikernal.kernel.step;

import io.unikernal.kernel.Ledger;
import io.unikernal.kernel.execute.Callee;
import io.unikernal.kernel.execute.Graph;
import io.unikernal.kernel.execute.Handlers;
import io.unikernal.kernel.execute.Several;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.model.Capability;
import io.unikernal.model.Expression;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Route;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An operation that receives, with its routes in the order they are tried.
 *
 * @param unrouted the books of messages that no route takes
 * @param order where a route keeps the order of equal keys
 */
public record Entry(
    Operation operation, String id, List<Lane> lanes, Ledger unrouted, Optional<KeyOrder> order) {

  /** The route of messages that no route takes, in the books. */
  public static final String NO_ROUTE = "no route";

  /** A route with all that can be resolved before a message comes. */
  public record Lane(
      Route route,
      Target target,
      Policies policies,
      Recovery recovery,
      Optional<Keeper> keeper,
      Ledger ledger) {
    /** Whether a step of it may answer the source before the end. */
    boolean mayReply() {
      return target instanceof Target.Run(var graph) && graph.pipeline().replies();
    }
  }

  /** What a route does with a message that failed for good. */
  public record Recovery(
      Handlers onError, Optional<DeadLetters> deadLetters, Optional<LetterBox> letters) {
    public static final Recovery NONE =
        new Recovery(Handlers.NONE, Optional.empty(), Optional.empty());
  }

  /** Takes messages over before they are delivered. */
  @FunctionalInterface
  public interface Keeper {
    /**
     * Returns when the message is safe.
     *
     * @param givenId the id that the source knows it by; empty if it has none
     * @param orderKey what stands for its key, where the route keeps an order by one
     * @return false if it has come before, and is taken over already
     * @throws io.unikernal.model.FaultException if it cannot be kept: then it is not
     */
    boolean keep(Message message, Instant receivedAt, String givenId, int orderKey);
  }

  /** Keeps what failed for good, where no operation takes it. */
  @FunctionalInterface
  public interface LetterBox {
    /** Returns when it is safe. */
    void put(Letter letter);
  }

  /** Where it goes; {@code with} gives what is taken there, of a letter in `input`. */
  public record DeadLetters(Several.Aim to, Expression with) {}

  /** Where a lane leads. */
  public sealed interface Target {
    /**
     * {@code around}: time limit and retries of the operation's system, where the route has none.
     */
    record Call(Callee callee, Policies around) implements Target {}

    record Run(Graph graph) implements Target {}

    record ToSeveral(Several several) implements Target {}

    default String text() {
      return switch (this) {
        case Call(var callee, _) -> callee.id();
        case Run(var graph) -> graph.name();
        case ToSeveral(var several) -> several.text();
      };
    }
  }

  /** Where a message is booked before it is matched: most sources have one route for all. */
  Ledger firstLedger() {
    return lanes.size() == 1 && lanes.getFirst().route().when().isEmpty()
        ? lanes.getFirst().ledger()
        : unrouted;
  }

  /** Whether a message may be answered before its way ends. */
  public boolean mayReply() {
    return lanes.stream().anyMatch(Lane::mayReply);
  }

  /** Whether the source waits for an answer, and so for a fault too. */
  boolean isWaiting() {
    return operation.capabilities().contains(Capability.REPLIES);
  }

  /** How many messages may wait for each other in what its routes lead to. */
  public int heldMax() {
    return lanes.stream()
        .mapToInt(lane -> lane.target() instanceof Target.Run(var graph) ? graph.heldMax() : 0)
        .max()
        .orElse(0);
  }

  /** Whether messages must be handled one after the other. */
  public boolean isOrdered() {
    return lanes.stream().anyMatch(lane -> lane.route().guarantee().ordered());
  }
}
