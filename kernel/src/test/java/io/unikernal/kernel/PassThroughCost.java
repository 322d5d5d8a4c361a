package io.unikernal.kernel;

import io.unikernal.model.Body;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** Measures by hand, not in the build: CPU of a message from a server's event loop to an echo. */
final class PassThroughCost {
  private static final int MESSAGES = 500_000;

  private PassThroughCost() {}

  private static final class Quiet implements Delivery {
    static long settled;
    private final Message message =
        Message.received("web.in", new LinkedHashMap<>(), BODY, Trace.NONE);
    private static final Body BODY = Body.of(Value.text("hello"));

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void settle(Outcome outcome) {
      settled++;
    }

    @Override
    public void onCancel(Runnable action) {}
  }

  private static final class Echo implements io.unikernal.spi.Endpoint.Duplex {
    @Override
    public io.unikernal.model.Reply call(Message request) {
      return io.unikernal.model.Reply.of(request.body().value());
    }
  }

  public static void main(String[] arguments) throws Exception {
    boolean timed = arguments.length > 0;
    var def = new Def();
    var web = new Fakes.Push();
    var in = def.receives("web.in", web);
    var op = def.called("db.echo", new Echo());
    if (timed) {
      def.route(in, op, Def.timeout(java.time.Duration.ofSeconds(5)));
    } else {
      def.route(in, op);
    }
    var kernel = Kernel.open(def.plan(), def.adapters(), new SystemWorld(), Listener.SILENT);
    kernel.start();
    var loop = new ConcurrentLinkedQueue<Runnable>();
    Executor carrier = loop::add;
    var sink = web.sink.orElseThrow();
    var threads =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    for (int round = 0; round < 12; round++) {
      long begun = threads.getProcessCpuTime();
      for (int i = 0; i < MESSAGES; i++) {
        sink.accept(new Quiet(), carrier);
        for (var next = loop.poll(); next != null; next = loop.poll()) {
          next.run();
        }
      }
      System.out.printf(
          "%.3f us of CPU for each message%n",
          (threads.getProcessCpuTime() - begun) / 1_000.0 / MESSAGES);
    }
    System.out.println(
        Quiet.settled + " " + kernel.drain(java.time.Duration.ofSeconds(1)).routes().getFirst());
  }
}
