package io.unikernal.server;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Connect;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Checks a definition, and then asks the real systems whether they are as it says. */
public final class ConnectedCheck {
  private ConnectedCheck() {}

  /**
   * Nothing is changed in any system.
   *
   * @param limit how long each system may take; all are asked at once
   */
  public static Compilation check(
      Path definition,
      Map<String, Adapter> adapters,
      Map<String, String> environment,
      Duration limit)
      throws InterruptedException {
    var connect = new Connect(new SystemWorld(), limit, ControlClient::isRunning);
    return UdlCompiler.compile(
        definition, adapters, new UdlCompiler.Options(environment, false, Optional.of(connect)));
  }
}
