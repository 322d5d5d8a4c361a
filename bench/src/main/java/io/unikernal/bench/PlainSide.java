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
    return new PlainSide(body -> guarded((Buffer) body, bucket), Buffer.buffer(order));
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

  /** A token bucket, a deadline and a retry around reading, checking, mapping and writing. */
  private static byte[] guarded(Buffer bytes, Bucket bucket) {
    long now = System.nanoTime();
    bucket.take(now);
    long deadline = now + TIMEOUT_NANOS;
    for (int attempt = 1; ; attempt++) {
      try {
        var order = new JsonObject(bytes);
        if (!OrderByHand.isValid(order)) {
          throw new IllegalArgumentException("the order is not valid");
        }
        return shortened(order).toBuffer().getBytes();
      } catch (IllegalStateException e) {
        if (attempt == ATTEMPTS || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
    }
  }

  private static JsonObject shortened(JsonObject order) {
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
}
