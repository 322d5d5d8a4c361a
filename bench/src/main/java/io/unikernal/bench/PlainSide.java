package io.unikernal.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.function.UnaryOperator;

/** The same work as hand-written calls, without language, kernel or virtual thread. */
final class PlainSide implements Side {
  private static final long LIMIT_PER_SECOND = 1_000_000_000L;
  private static final long TIMEOUT_NANOS = 5_000_000_000L;
  private static final int ATTEMPTS = 3;

  private final PlainSteps steps;
  private final Object body;
  private Object last = new byte[0];
  private long sent;

  private PlainSide(UnaryOperator<Object> work, Object body) {
    steps = new PlainSteps(work);
    this.body = body;
  }

  static PlainSide passing(byte[] order) {
    return new PlainSide(body -> body, order);
  }

  static PlainSide reading(byte[] order) {
    var bucket = new Bucket();
    var breaker = new Breaker();
    return new PlainSide(body -> guarded((Buffer) body, bucket, breaker), Buffer.buffer(order));
  }

  @Override
  public void run(int count) {
    for (int i = 0; i < count; i++) {
      last = steps.carry(sent++, body);
    }
  }

  @Override
  public byte[] last() {
    return (byte[]) last;
  }

  /**
   * A key, a token bucket, a deadline, a breaker and a retry around reading, checking, mapping and
   * writing.
   */
  private static byte[] guarded(Buffer bytes, Bucket bucket, Breaker breaker) {
    if (!Credential.isGood(Credential.KEY)) {
      throw new IllegalArgumentException("nobody");
    }
    long now = System.nanoTime();
    bucket.take(now);
    long deadline = now + TIMEOUT_NANOS;
    for (int attempt = 1; ; attempt++) {
      try {
        var order = new JsonObject(bytes);
        if (!OrderByHand.isValid(order)) {
          throw new IllegalArgumentException("the order is not valid");
        }
        byte[] made = shortened(order).toBuffer().getBytes();
        breaker.count(true);
        return made;
      } catch (IllegalStateException e) {
        breaker.count(false);
        if (attempt == ATTEMPTS || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
    }
  }

  static JsonObject shortened(JsonObject order) {
    var items = order.getJsonArray("items");
    return new JsonObject()
        .put("id", order.getString("orderId"))
        .put("who", order.getJsonObject("customer").getString("name"))
        .put("currency", order.getString("currency"))
        .put("count", items.size())
        .put("first", items.getJsonObject(0).getString("sku"));
  }

  private static final class Bucket {
    private double tokens = LIMIT_PER_SECOND;
    private long last = System.nanoTime();

    void take(long now) {
      tokens = Math.min(LIMIT_PER_SECOND, tokens + (now - last) * (LIMIT_PER_SECOND / 1e9));
      last = now;
      if (tokens < 1) {
        throw new IllegalArgumentException("too many");
      }
      tokens--;
    }
  }

  /** Opens when half of the last hundred failed. */
  private static final class Breaker {
    private static final int WINDOW = 100;
    private final boolean[] failed = new boolean[WINDOW];
    private int at;
    private int failures;

    void count(boolean isGood) {
      failures += (isGood ? 0 : 1) - (failed[at] ? 1 : 0);
      failed[at] = !isGood;
      at = (at + 1) % WINDOW;
      if (failures > WINDOW / 2) {
        throw new IllegalArgumentException("open");
      }
    }
  }
}
