package io.unikernal.kernel.step;

/**
 * Decides whether the sender may use the operation, before its body is looked at. While a
 * definition declares no grants there is nothing to forbid, and everybody may.
 */
final class Authorize implements PassageStep {
  @Override
  public Next apply(Transit transit) {
    return Next.Go.ON;
  }
}
