package io.unikernal.server;

import java.time.Duration;

/**
 * Bounds on the clients of the API.
 *
 * @param connectionsMax at once; further ones are closed
 * @param streamsMax of these that are WebSockets
 * @param streamInFlightMax orders of one stream at once; while there are so many, no more is read
 * @param streamMessageBytesMax of one order on a stream
 * @param idle how long a client may take to send or to read anything
 * @param ping how often a stream is asked whether somebody is there
 */
record ApiLimits(
    int connectionsMax,
    int streamsMax,
    int streamInFlightMax,
    int streamMessageBytesMax,
    Duration idle,
    Duration ping) {
  static final ApiLimits DEFAULT =
      new ApiLimits(256, 16, 32, 1 << 20, Duration.ofSeconds(60), Duration.ofSeconds(20));
}
