package io.unikernal.kernel.routing;

/** Whether the system of a target is known not to work. */
public interface Outage {
  Outage NEVER =
      new Outage() {
        @Override
        public boolean isDown() {
          return false;
        }

        @Override
        public long endedAt() {
          return Long.MIN_VALUE;
        }
      };

  boolean isDown();

  /** When the last one ended, on the monotonic clock; the least number if there was none. */
  long endedAt();
}
