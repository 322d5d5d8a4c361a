package io.unikernal.kernel.step;

/** One of the eight: computes, and leaves control to the loop. */
interface PassageStep {
  /**
   * @throws io.unikernal.model.FaultException what the message fails with
   */
  Next apply(Transit transit) throws InterruptedException;
}
