package io.unikernal.kernel.step;

import io.unikernal.model.Principal;

/**
 * Finds out who sends the message. While a definition declares no identity provider everybody is
 * anonymous, whatever a source says: an identity nobody proved is none.
 */
final class Authenticate implements PassageStep {
  @Override
  public Next apply(Transit transit) {
    if (transit.message.principal() != Principal.ANONYMOUS) {
      transit.message = transit.message.withPrincipal(Principal.ANONYMOUS);
    }
    return Next.Go.ON;
  }
}
