package io.unikernal.kernel.resilience;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Policy;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;

/** What the policies of a place may know of the work that comes to it. */
public interface Asked {
  /** What is guarded, for the faults' texts: the name of an operation, pipeline, step or route. */
  String what();

  /** What an expression of a policy gives for this message. */
  Value value(Policy.Rule rule);

  /** All that comes to the place. */
  Value input();

  Principal who();

  String messageId();

  Deadline deadline();

  /** For the audit: somebody may not do this. */
  void refused(Policy policy, Fault fault);

  /** A policy refused, held back or answered it: for who wants to know which ever do. */
  void acted(Policy policy);

  /** A message that was done before comes again. */
  void isDuplicate();
}
