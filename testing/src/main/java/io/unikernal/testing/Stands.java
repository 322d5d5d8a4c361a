package io.unikernal.testing;

import io.unikernal.model.Builtin;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.World;
import java.util.List;

/** What all that stands for operations has in common. */
final class Stands {
  private Stands() {}

  static Value sent(Endpoint.Target target, Message request) throws InterruptedException {
    return switch (target.send(List.of(request)).getFirst()) {
      case Outcome.Done(var reply) -> reply.body();
      case Outcome.Failed(var fault) -> throw fault.toException();
      case Outcome.Dropped(var reason) ->
          throw Fault.of(Fault.Code.REJECTED, "dropped: " + reason).toException();
    };
  }

  /** The variables of an expression that a test says of a call. */
  static Frame frame(World world, Message request) {
    Frame frame = new Frame(Frame.FIRST_STEP, world.ambient());
    frame.set(Frame.INPUT, request.body().value());
    frame.set(Frame.META, Builtin.meta(request, world.now()));
    frame.set(Frame.AUTH, Builtin.auth(request.principal()));
    return frame;
  }
}
