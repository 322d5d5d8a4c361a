package io.unikernal.kernel;

import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import io.unikernal.spi.Health;
import java.time.Duration;
import java.util.List;

/** Hears what happens in the kernel; must not block. Nothing labelled reaches it. */
@FunctionalInterface
public interface Listener {
  Listener SILENT = event -> {};

  void on(Event event);

  sealed interface Event {
    record SystemOpened(String system, String adapter, String description, Duration took)
        implements Event {}

    record SystemHealth(String system, Health health) implements Event {}

    /** A message ended badly. {@code step} is empty where it never came to one. */
    record MessageFailed(
        String route, String messageId, String traceId, String step, Fault fault, Origin origin)
        implements Event {}

    record AttemptFailed(String route, String step, int attempt, Fault fault, Duration delay)
        implements Event {}

    /** What failed for good is safe where dead letters go. */
    record DeadLettered(String route, String messageId, String to, Fault fault) implements Event {}

    /** One of several has failed so often that it is not chosen for a while. */
    record TargetLeftOut(String route, String target) implements Event {}

    /** For the audit: a policy says that the caller may not do this. */
    record Refused(
        String route,
        String messageId,
        String traceId,
        String who,
        Policy.Kind policy,
        Fault fault,
        Origin origin)
        implements Event {}

    /**
     * A message did not fit its type, but what stands for the same did; {@code paths} tell where.
     */
    record Coerced(String route, String messageId, List<String> paths) implements Event {}

    record SourceFailed(String operation, Fault fault) implements Event {}
  }
}
