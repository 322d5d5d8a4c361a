package io.unikernal.kernel;

import io.unikernal.kernel.routing.Decision;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import io.unikernal.model.Principal;
import io.unikernal.spi.Health;
import java.time.Duration;
import java.util.List;

/** Hears what happens in the kernel; must not block. Nothing labelled reaches it. */
@FunctionalInterface
public interface Listener {
  Listener SILENT = event -> {};

  void on(Event event);

  /** Whether a record of each choice among the members of a target is made, and heard. */
  default boolean hearsDecisions() {
    return false;
  }

  /** Whether it is told when a policy does something. */
  default boolean hearsPolicies() {
    return false;
  }

  /** A policy did something. */
  default void acted(Policy policy) {
    if (hearsPolicies()) {
      on(new Event.PolicyActed(policy));
    }
  }

  sealed interface Event {
    /**
     * A policy refused, held back, repeated or answered something; only for a listener that {@link
     * #hearsPolicies}.
     */
    record PolicyActed(Policy policy) implements Event {}

    record SystemOpened(String system, String adapter, String description, Duration took)
        implements Event {}

    record SystemHealth(String system, Health health) implements Event {}

    /** A message ended badly. {@code step} is empty where it never came to one. */
    record MessageFailed(
        String route, String messageId, String traceId, String step, Fault fault, Origin origin)
        implements Event {}

    /**
     * A part of the work failed, which is not yet, or not at all, the end of the message.
     *
     * @param origin where it stands: what was called if that is known, else what asked for it
     */
    record AttemptFailed(
        String route, String step, int attempt, Fault fault, Duration delay, Origin origin)
        implements Event {}

    /** What failed for good is safe where dead letters go. */
    record DeadLettered(String route, String messageId, String to, Fault fault) implements Event {}

    /** One of several has failed so often that it is not chosen for a while. */
    record TargetLeftOut(String route, String target) implements Event {}

    /**
     * Somebody was not let in: for the audit. The caller is told the fault's code and no more.
     *
     * @param who as far as it is known; nobody's word where it was not proved
     * @param address of the other end of the connection; may be empty
     * @param why in full; holds no credential
     * @param origin the place in the definition that decides it
     */
    record Refused(
        String operation,
        Principal who,
        String address,
        Fault.Code code,
        String why,
        String messageId,
        String traceId,
        Origin origin)
        implements Event {}

    /**
     * A message did not fit its type, but what stands for the same did; {@code paths} tell where.
     */
    record Coerced(String route, String messageId, List<String> paths) implements Event {}

    /** Who was chosen and why; only for a listener that {@link #hearsDecisions}. */
    record TargetChosen(String route, String messageId, Decision decision) implements Event {}

    /** A canary did worse than the members, and gets no more messages. */
    record CanaryRolledBack(String route, String target, String why) implements Event {}

    /**
     * A copy had another answer than was given, or none.
     *
     * @param what paths, never values
     * @param more how many others did since the last that was told of
     */
    record ShadowDiffered(String route, String target, String what, long more) implements Event {}

    record SourceFailed(String operation, Fault fault) implements Event {}
  }
}
