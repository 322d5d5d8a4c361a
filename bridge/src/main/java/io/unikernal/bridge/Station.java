package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Value;
import io.unikernal.spi.Staffed;
import io.unikernal.spi.SystemContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;

/** A place in a pool at which calls are done: a process of ours, or one that has joined. */
interface Station {
  /** Who does calls there; empty while nobody can. */
  Optional<Peer> ready();

  /** Why nobody can; empty if somebody can. */
  String trouble();

  Staffed.Member member();

  /** Looks whether it lives. */
  void check();

  /** Lets it finish what it does, then ends it. */
  void stop(Duration grace) throws InterruptedException;

  /**
   * Sends a heartbeat, and ends a worker that is silent or that will not let go of a cancelled
   * call. One that is busy inside the deadline of a call may be silent.
   */
  static void check(String name, Peer connection, Limits limits, Instance.Pool pool) {
    boolean isBusy = connection.isBusy();
    if (!isBusy && connection.silence().compareTo(limits.silence()) > 0) {
      connection.close("worker `" + name + "` stopped answering");
    } else if (connection.oldestAbandoned().compareTo(limits.abandoned()) > 0) {
      if (isBusy) {
        connection.drain(); // The others may finish; then it is replaced.
        pool.changed();
      } else {
        connection.close("worker `" + name + "` did not end a cancelled call");
      }
    } else {
      connection.offer(Frame.of(Frame.PING, 0, Value.Null.NULL));
    }
  }

  /** Its file may be another than was checked. */
  static void requireFunctions(SystemContext context, Value hello) {
    var names = new HashSet<String>();
    if (hello.field("functions") instanceof Value.Items(var functions)) {
      functions.forEach(function -> names.add(function.fieldText("name")));
    }
    for (Operation operation : context.operations()) {
      if (!names.contains(operation.name())) {
        throw Fault.of(Fault.Code.REJECTED, "it has no function `" + operation.name() + "`")
            .toException();
      }
    }
  }
}
