package io.unikernal.kernel.execute;

import io.unikernal.kernel.routing.Candidate;
import io.unikernal.kernel.routing.Trial;

/** A member on trial, which gets {@code percent} of the messages while the trial goes on. */
public record Canary(Several.Member member, Candidate candidate, double percent, Trial trial) {}
