package io.unikernal.spi;

import java.time.Duration;

/** A system that others may do the work of, who come by themselves. */
public interface Invites {
  /**
   * What somebody must know to join, once and within a time.
   *
   * @param socket a Unix socket that only this user can reach
   * @param token to be shown there; a secret
   */
  record Invitation(String socket, String token, Duration within) {
    @Override
    public String toString() {
      return "Invitation[socket=" + socket + ", token=***, within=" + within + "]";
    }
  }

  /**
   * @throws io.unikernal.model.FaultException OVERLOADED if as many as may have joined or are
   *     expected
   */
  Invitation invite();
}
