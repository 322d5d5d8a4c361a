package io.unikernal.testing;

import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Value;

/** Stands for an operation that is called: answers in place of its system. */
@FunctionalInterface
interface Stand {
  /**
   * @param call what is noted of it
   * @throws io.unikernal.model.FaultException what the call fails with
   */
  Value answer(Message request, Seen.Call call) throws InterruptedException;

  /** Gives what stands for an operation. */
  @FunctionalInterface
  interface Cast {
    Stand of(Operation operation);
  }
}
