package io.unikernal.bench;

/** Bytes in, bytes out, again and again on one thread. */
final class WorkSide implements Side {
  private static final int BATCH_BYTES = 400_000;

  /** One message. */
  @FunctionalInterface
  interface Work {
    byte[] run(byte[] body) throws Exception;
  }

  private final Work work;
  private final byte[] body;
  private byte[] last = {};

  WorkSide(Work work, byte[] body) {
    this.work = work;
    this.body = body;
  }

  @Override
  public void run(int count) {
    try {
      for (int i = 0; i < count; i++) {
        last = work.run(body);
      }
    } catch (Exception e) {
      throw new IllegalStateException("the message was not carried", e);
    }
  }

  @Override
  public int batch() {
    return Math.max(1, BATCH_BYTES / body.length);
  }

  @Override
  public byte[] last() {
    return last;
  }
}
