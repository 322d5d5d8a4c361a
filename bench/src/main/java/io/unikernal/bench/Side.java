package io.unikernal.bench;

/** One way to carry messages in this process. */
interface Side {
  /** Carries {@code count} messages, one after the other; fails if one was lost. */
  void run(int count);

  /** What came out last, as JSON. */
  byte[] last();
}
