package io.unikernal.udl;

import io.unikernal.spi.Adapter;
import io.unikernal.udl.UdlCompiler.Options;
import java.nio.file.Path;
import java.util.Map;

/**
 * A definition that is compiled again and again while somebody edits it. Gives what {@link
 * UdlCompiler} gives, and an {@link Index}; what did not change since the last time is not done
 * again. For one thread at a time.
 */
public final class Workspace {
  private final Map<String, Adapter> adapters;
  private final Session session = new Session(true);

  public Workspace(Map<String, Adapter> adapters) {
    this.adapters = Map.copyOf(adapters);
  }

  /** Code that describes itself may have changed: what it said is looked up again. */
  public void forgetDescriptions() {
    session.forgetDescriptions();
  }

  public Compilation compile(Path definition, Options options) throws InterruptedException {
    session.begin();
    return UdlCompiler.compile(definition, adapters, options, new Diagnostics(session, true));
  }

  /** With the tests beside it; of a file of tests, what it tests, and they. */
  public Compilation check(Path path, Options options) throws InterruptedException {
    session.begin();
    return UdlCompiler.check(path, adapters, options, new Diagnostics(session, true));
  }
}
