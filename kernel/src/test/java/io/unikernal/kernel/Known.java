package io.unikernal.kernel;

import io.unikernal.model.Access;
import io.unikernal.model.Body;
import io.unikernal.model.Config;
import io.unikernal.model.Message;
import io.unikernal.model.Plan;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Sender;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Kernels that know who sends, by {@link FakeIdentities}, and let everybody in. */
final class Known {
  private Known() {}

  static Kernel open(Def def, World world, Listener listener, StateStore state)
      throws InterruptedException {
    var all = new Access.Grant(Access.Grant.ALL, Def.HERE);
    var access =
        new Access(
            List.of(
                new Access.Identity("first", "fake", Config.EMPTY, Def.HERE),
                new Access.Identity("second", "fake", Config.EMPTY, Def.HERE)),
            List.of(
                new Access.Role(Access.ANONYMOUS, List.of(all), List.of(), Set.of(), Def.HERE)));
    var open = def.plan();
    var plan =
        new Plan(
            open.file(), open.stateDir(), open.systems(), open.pipelines(), open.routes(), access);
    var site = new Site(world, listener, state, Map.of("fake", new FakeIdentities()));
    return Kernel.open(plan, def.adapters(), site);
  }

  /** What somebody sends, as {@link FakeIdentities} reads who that is. */
  static Fakes.Sent sent(String who, Value body) {
    var headers = new LinkedHashMap<>(Map.of("who", who));
    return new From(Message.received("web.in", headers, Body.of(body), Trace.NONE));
  }

  private static final class From extends Fakes.Sent {
    From(Message message) {
      super(message);
    }

    @Override
    public Sender sender() {
      return new Sender(message.headers(), List.of(), "10.0.0.7:1234");
    }
  }
}
