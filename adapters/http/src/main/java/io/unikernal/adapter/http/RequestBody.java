package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Collects a request's body up to a limit, on the event loop. */
final class RequestBody {
  private static final byte[] NOTHING = {};
  private static final int FIRST_BYTES = 16 << 10;

  private final HttpServerRequest request;
  private final HeaderView headers;
  private final long bytesMax;
  private final boolean isChunked;
  private final boolean expects;
  private long declared;
  private byte[] bytes = NOTHING;
  private int size;
  private boolean isOver;

  RequestBody(HttpServerRequest request, HeaderView headers, long bytesMax) {
    this.request = request;
    this.headers = headers;
    this.bytesMax = bytesMax;
    isChunked = headers.containsKey("transfer-encoding");
    expects = headers.containsKey("expect");
  }

  /**
   * Refuses what two readers could understand differently.
   *
   * @throws io.unikernal.model.FaultException MALFORMED
   */
  void checkFraming() {
    if (request.version() == HttpVersion.HTTP_1_1 && request.headers().getAll("host").size() != 1) {
      throw malformed("a request has exactly one `host` header");
    }
    if (isChunked) {
      List<String> codings = request.headers().getAll("transfer-encoding");
      if (codings.size() != 1
          || !codings.getFirst().equalsIgnoreCase("chunked")
          || request.version() != HttpVersion.HTTP_1_1) {
        throw malformed("the only `transfer-encoding` known here is `chunked`, in HTTP/1.1");
      }
    }
    if (headers.containsKey("content-length")) {
      List<String> lengths = request.headers().getAll("content-length");
      declared = lengths.size() == 1 ? length(lengths.getFirst()) : -1;
      if (declared < 0) {
        throw malformed("`content-length` is not one number");
      }
    }
    if (headers.find("expect").filter(e -> !e.equalsIgnoreCase("100-continue")).isPresent()) {
      throw malformed("the only expectation known here is `100-continue`");
    }
  }

  /** Whether anything of it is still to be read. */
  boolean isThere() {
    return isChunked || declared > 0;
  }

  /** Whether it is better to read it than to give up the connection. */
  boolean isSmall() {
    return !isChunked && !expects && declared <= bytesMax;
  }

  /** One of the two is called, once. */
  void read(Consumer<byte[]> whole, Consumer<Fault> broken) {
    if (!isThere()) {
      whole.accept(NOTHING);
      return;
    }
    if (declared > bytesMax) {
      broken.accept(tooLarge());
      return;
    }
    if (expects) {
      request.response().writeContinue();
    }
    bytes = new byte[Math.clamp(isChunked ? 0 : declared, 0, FIRST_BYTES)];
    request.handler(chunk -> {
      if (!isOver && !append(chunk)) {
        isOver = true;
        broken.accept(tooLarge());
      }
    });
    request.exceptionHandler(_ -> {
      if (!isOver) {
        isOver = true;
        broken.accept(Fault.of(Fault.Code.MALFORMED, "the body's chunks are broken"));
      }
    });
    request.endHandler(_ -> {
      if (!isOver) {
        isOver = true;
        whole.accept(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
      }
    });
  }

  private boolean append(Buffer chunk) {
    int needed = size + chunk.length();
    if (needed > bytesMax) {
      return false;
    }
    if (needed > bytes.length) {
      long larger = Math.max(needed, Math.min(2L * bytes.length, isChunked ? bytesMax : declared));
      bytes = Arrays.copyOf(bytes, (int) larger);
    }
    chunk.getBytes(bytes, size);
    size = needed;
    return true;
  }

  private Fault tooLarge() {
    return Fault.of(
        Fault.Code.TOO_LARGE,
        "the body is larger than " + bytesMax + " bytes",
        "send less at once");
  }

  private static long length(String text) {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    return Long.parseLong(text);
  }

  private static RuntimeException malformed(String message) {
    return Fault.of(Fault.Code.MALFORMED, message).toException();
  }
}
