package io.unikernal.kernel.step;

/**
 * Decides whether the sender may use the operation, before its body is looked at. While a
 * definition declares no grants there is nothing to forbid, and everybody may; a call was let in
 * before it came here.
 */
final class Authorize implements PassageStep {
  @Override
  public Next apply(Transit transit) {
    if (!transit.admission.isOpen() && transit.isSent()) {
      transit.admission.authorize(transit.message, transit.delivery);
    }
    return Next.Go.ON;
  }
}
