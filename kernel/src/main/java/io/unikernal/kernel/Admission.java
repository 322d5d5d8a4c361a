package io.unikernal.kernel;

import io.unikernal.model.Access;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Plan;
import io.unikernal.model.Principal;
import io.unikernal.model.Trace;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.IdentityProvider.Verdict;
import io.unikernal.spi.Sender;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who comes in: the identities of a plan, open, and for each operation the roles that may call it,
 * worked out before the first message. A caller is told that it was refused and never why; that is
 * for the listener.
 */
public final class Admission implements AutoCloseable {
  /** Who runs the kernel; may everything, by whatever let it in. */
  static final Principal OPERATOR = new Principal("operator", Set.of());

  /** For who was let in before. */
  public static final Admission DONE = new Admission();

  private static final Fault UNKNOWN =
      Fault.of(Fault.Code.UNAUTHENTICATED, "the caller did not prove who it is");
  private static final Fault FORBIDDEN =
      Fault.of(Fault.Code.FORBIDDEN, "the caller may not do this");

  private final Access access;
  private final Listener listener;
  private final List<Opened> identities;
  private final Map<String, Decision> decisions = new HashMap<>();

  private record Opened(Access.Identity declared, IdentityProvider.Identifier identifier) {}

  /** {@code roles} are those that may; {@code isForAll} where everybody may. */
  private record Decision(Set<String> roles, boolean isForAll, Origin origin) {
    boolean permits(Principal who) {
      if (isForAll) {
        return true;
      }
      for (String role : who.roles()) {
        if (roles.contains(role)) {
          return true;
        }
      }
      return false;
    }
  }

  private Admission() {
    access = Access.OPEN;
    listener = _ -> {};
    identities = List.of();
  }

  private Admission(Plan plan, Listener listener, List<Opened> identities) {
    access = plan.access();
    this.listener = listener;
    this.identities = List.copyOf(identities);
    if (!access.isOpen()) {
      for (var system : plan.systems()) {
        system.operations().values().forEach(this::decide);
      }
      plan.routes().forEach(route -> decide(route.from()));
    }
  }

  private void decide(Operation operation) {
    Set<String> roles = access.permitted(operation.id());
    decisions.put(
        operation.id(),
        new Decision(Set.copyOf(roles), roles.contains(Access.ANONYMOUS), operation.origin()));
  }

  /**
   * @throws FaultException if an identity cannot be opened; those that were are closed
   */
  static Admission open(Plan plan, Site site, Listener listener) {
    var opened = new ArrayList<Opened>();
    try {
      for (Access.Identity declared : plan.access().identities()) {
        opened.add(new Opened(declared, open(declared, plan, site)));
      }
    } catch (RuntimeException e) {
      opened.forEach(one -> one.identifier().close());
      throw e;
    }
    return new Admission(plan, listener, opened);
  }

  private static IdentityProvider.Identifier open(Access.Identity declared, Plan plan, Site site) {
    var provider = site.identities().get(declared.provider());
    if (provider == null) {
      throw Fault.of(
              Fault.Code.NOT_FOUND,
              "the identity `%s`: there is no kind `%s`"
                  .formatted(declared.name(), declared.provider()))
          .toException();
    }
    return provider.open(
        new IdentityProvider.Context(
            declared.name(), declared.config(), folder(declared, plan), site.world()));
  }

  private static Path folder(Access.Identity declared, Plan plan) {
    var file = declared.origin().file();
    var path = file.isEmpty() ? plan.stateDir() : Path.of(file);
    var folder = path.toAbsolutePath().getParent();
    return folder == null ? path : folder;
  }

  /** Whether nobody is asked anything. */
  public boolean isOpen() {
    return access.isOpen();
  }

  /** A system as it calls others. */
  Principal worker(String system) {
    return new Principal("worker:" + system, access.rolesOfWorker(system));
  }

  /**
   * Who sends a message; anonymous who shows nothing.
   *
   * @throws FaultException UNAUTHENTICATED for who shows what is no proof
   */
  public Principal identify(Message message, Sender sender) throws InterruptedException {
    var foreign = new ArrayList<String>();
    for (Opened one : identities) {
      Verdict verdict;
      try {
        verdict = one.identifier().identify(sender);
      } catch (RuntimeException e) {
        // What fails has proved nothing.
        verdict = new Verdict.Refused("its provider failed: " + e);
      }
      switch (verdict) {
        case Verdict.Known(var principal) -> {
          return principal;
        }
        case Verdict.Refused(var why) -> throw unknown(message, sender, said(one, why), one);
        case Verdict.Foreign(var why) -> foreign.add(said(one, why));
        case Verdict.Absent _ -> {}
      }
    }
    if (!foreign.isEmpty()) {
      throw unknown(message, sender, String.join("; ", foreign), identities.getFirst());
    }
    return Principal.ANONYMOUS;
  }

  private static String said(Opened by, String why) {
    return "`" + by.declared().name() + "`: " + why;
  }

  private FaultException unknown(Message message, Sender sender, String why, Opened by) {
    listener.on(
        new Listener.Event.Refused(
            message.operation(),
            Principal.ANONYMOUS,
            sender.address(),
            Fault.Code.UNAUTHENTICATED,
            why,
            message.id(),
            message.trace().traceId(),
            by.declared().origin()));
    return UNKNOWN.toException();
  }

  /**
   * @throws FaultException FORBIDDEN for who is known, UNAUTHENTICATED for who could still say who
   *     he is
   */
  public void authorize(Message message, Delivery delivery) {
    var decision = decisions.get(message.operation());
    if (decision == null || !decision.permits(message.principal())) {
      throw forbidden(
          message.principal(),
          message.operation(),
          delivery.sender().address(),
          message.id(),
          message.trace().traceId());
    }
  }

  /** The same for a call that a system makes itself. */
  void authorize(Principal worker, String operation, Optional<Trace> trace) {
    var decision = decisions.get(operation);
    boolean isPermitted = decision != null && decision.permits(worker);
    if (!isOpen() && !isPermitted) {
      throw forbidden(worker, operation, "", "", trace.map(Trace::traceId).orElse(""));
    }
  }

  private FaultException forbidden(
      Principal who, String operation, String address, String messageId, String traceId) {
    var decision = decisions.get(operation);
    // What is not there is forbidden too: who may not call must not find out what there is.
    boolean isUnknown = who.equals(Principal.ANONYMOUS) && !identities.isEmpty();
    var fault = isUnknown ? UNKNOWN : FORBIDDEN;
    listener.on(
        new Listener.Event.Refused(
            operation,
            who,
            address,
            fault.code(),
            why(who, operation, decision),
            messageId,
            traceId,
            decision == null ? Origin.NONE : decision.origin()));
    return fault.toException();
  }

  private static String why(Principal who, String operation, @Nullable Decision decision) {
    if (decision == null) {
      return "there is no operation `" + operation + "`";
    }
    String roles = who.roles().isEmpty() ? "no role" : "the roles " + sorted(who.roles());
    return "`%s` has %s, and `%s` is for %s"
        .formatted(
            who.name(),
            roles,
            operation,
            decision.roles().isEmpty() ? "nobody" : sorted(decision.roles()));
  }

  private static String sorted(Set<String> roles) {
    return String.join(", ", roles.stream().sorted().map(role -> "`" + role + "`").toList());
  }

  @Override
  public void close() {
    identities.forEach(one -> one.identifier().close());
  }
}
