package io.unikernal.spi;

/** Whether a system works. */
public sealed interface Health {
  record Up() implements Health {}

  /** Works, but not as it should: {@code why} is for people. */
  record Degraded(String why) implements Health {}

  record Down(String why) implements Health {}

  Health UP = new Up();
}
