package io.unikernal.bridge;

import java.time.Duration;

/**
 * How patient the kernel is with its workers; tests are less so.
 *
 * @param hello from connecting to a complete HELLO
 * @param heartbeat between two PINGs
 * @param silence without a word from a worker that runs nothing
 * @param abandoned how long a worker may keep a call that was cancelled
 * @param drain from GOODBYE to the end of the calls under way
 * @param stopGrace the same when the system closes
 * @param backoffMin before a worker that ended is started again; doubles each time
 * @param backoffMax the longest of these pauses
 * @param steady having lived so long, a worker did not fall over its start
 */
record Limits(
    Duration hello,
    Duration heartbeat,
    Duration silence,
    Duration abandoned,
    Duration drain,
    Duration stopGrace,
    Duration backoffMin,
    Duration backoffMax,
    Duration steady) {
  static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          Duration.ofMillis(50),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30));
}
