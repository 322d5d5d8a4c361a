package io.unikernal.kernel.execute;

import io.unikernal.model.Value;

/** The answer that a {@code reply} gives to the source while the message goes on. */
public interface Answer {
  /** For work that nobody is answered by. */
  Answer NONE =
      new Answer() {
        @Override
        public void give(Value value) {
          throw new IllegalStateException("refused by the checker");
        }

        @Override
        public boolean isGiven() {
          return false;
        }

        @Override
        public long givenAt() {
          return 0;
        }
      };

  /** For work whose source was answered when its message was taken over. */
  Answer UNHEARD =
      new Answer() {
        @Override
        public void give(Value value) {}

        @Override
        public boolean isGiven() {
          return false;
        }

        @Override
        public long givenAt() {
          return 0;
        }
      };

  /**
   * Tells the source, once: what comes again, since an attempt was repeated, is left aside.
   *
   * @throws io.unikernal.model.FaultException if the source does not take it
   */
  void give(Value value);

  boolean isGiven();

  /** When, on the world's monotonic clock. */
  long givenAt();
}
