package io.unikernal.kernel.step;

import io.unikernal.model.Principal;

/**
 * Finds out who sends the message, before its body is looked at. While a definition declares no
 * identity everybody is anonymous, whatever a source says: an identity nobody proved is none. Of a
 * call the kernel knows itself who makes it.
 */
final class Authenticate implements PassageStep {
  @Override
  public Next apply(Transit transit) throws InterruptedException {
    if (transit.injected) {
      return Next.Go.ON;
    }
    var who =
        transit.admission.isOpen() || !transit.isSent()
            ? Principal.ANONYMOUS
            : transit.admission.identify(transit.message, transit.delivery.sender());
    if (transit.message.principal() != who) {
      transit.message = transit.message.withPrincipal(who);
    }
    return Next.Go.ON;
  }
}
