package io.unikernal.server;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.udl.Connect;
import java.time.Duration;

/** How a check asks the real systems whether they are as the definition says. */
public final class ConnectedCheck {
  private ConnectedCheck() {}

  /**
   * Nothing is changed in any system.
   *
   * @param limit how long each system may take; all are asked at once
   */
  public static Connect within(Duration limit) {
    return new Connect(new SystemWorld(), limit, ControlClient::isRunning);
  }
}
