package io.unikernal.bench;

/** One way to carry messages in this process. */
interface Side {
  /** Carries {@code count} messages, one after the other; fails if one was lost. */
  void run(int count);

  /** Messages between two looks at the clock: long enough that looking costs nothing. */
  default int batch() {
    return 500;
  }

  /** What came out last, as JSON. */
  byte[] last();
}
