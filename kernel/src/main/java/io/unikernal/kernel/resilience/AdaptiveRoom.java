package io.unikernal.kernel.resilience;

/**
 * Finds out how many calls at once are good for what is called, as TCP Vegas finds the rate of a
 * connection. The shortest time that a call took is that without a queue; of {@code n} calls at
 * once that take {@code t} each, {@code n * (1 - shortest / t)} wait in a queue somewhere. Fewer of
 * them than {@link #WAITING_LOW}: there is room for one more. More than {@link #WAITING_HIGH}: one
 * less. What times out or is refused takes a tenth away at once.
 *
 * <p>It looks at rounds of as many calls as may run, and at the shortest time of a round, so that
 * one slow call says nothing. Since what is called may become slower for good, and the shortest
 * time was seen under load if there always is one, the room is halved for a round every {@link
 * #ROUNDS_TO_PROBE} rounds, and the shortest time found anew: a short drought shows the truth.
 */
final class AdaptiveRoom implements Bulkhead.Room {
  static final int SIZE_FIRST = 10;
  static final int SIZE_MIN = 1;
  static final int SIZE_MAX = 1_000;
  static final double WAITING_LOW = 2;
  static final double WAITING_HIGH = 4;
  static final int ROUNDS_TO_PROBE = 50;
  private static final double BACK_OFF = 0.9;

  private double size = SIZE_FIRST;
  private long shortest = Long.MAX_VALUE;
  private long shortestOfRound = Long.MAX_VALUE;
  private int seen;
  private int busiest;
  private int rounds;
  private boolean isProbing;
  private boolean isOverloaded;

  @Override
  public int size() {
    int whole = (int) size;
    return isProbing ? Math.max(SIZE_MIN, whole / 2) : whole;
  }

  @Override
  public void seen(long nanos, int running, boolean isOverload) {
    busiest = Math.max(busiest, running);
    if (isOverload) {
      isOverloaded = true;
    } else {
      shortestOfRound = Math.min(shortestOfRound, Math.max(1, nanos));
    }
    // Those that began before the round still end in its first half.
    if (++seen >= (isProbing ? 2 : 1) * size()) {
      endRound();
    }
  }

  private void endRound() {
    if (isOverloaded) {
      size = Math.max(SIZE_MIN, size * BACK_OFF);
    } else if (isProbing) {
      shortest = shortestOfRound;
    } else {
      shortest = Math.min(shortest, shortestOfRound);
      adapt();
    }
    isProbing = ++rounds % ROUNDS_TO_PROBE == 0;
    isOverloaded = false;
    shortestOfRound = Long.MAX_VALUE;
    seen = 0;
    busiest = 0;
  }

  private void adapt() {
    double waiting = size * (1 - (double) shortest / shortestOfRound);
    if (waiting > WAITING_HIGH) {
      size = Math.max(SIZE_MIN, size - 1);
    } else if (waiting < WAITING_LOW && busiest >= (int) size) {
      // Only a room that was used shows that a larger one would do.
      size = Math.min(SIZE_MAX, size + 1);
    }
  }
}
