package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Collects a request's body up to a limit, on the event loop. */
final class RequestBody {
  private static final byte[] NOTHING = {};

  private final HttpServerRequest request;
  private final HeaderView headers;
  private final long bytesMax;
  private final BodyRoom.Share share;
  private final boolean isChunked;
  private final boolean expects;
  private long declared;
  private byte[] bytes = NOTHING;
  private int size;
  private boolean isOver;

  RequestBody(HttpServerRequest request, HeaderView headers, long bytesMax, BodyRoom room) {
    share = room.share();
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

  /** Says that it is wanted, to who waits for that. */
  void begin() {
    if (expects) {
      request.response().writeContinue();
    }
  }

  /**
   * One of the two is called, once.
   *
   * @param isBinary whether any byte of it may be a value
   */
  void read(boolean isBinary, Consumer<byte[]> whole, Consumer<Fault> broken) {
    if (!isThere()) {
      whole.accept(NOTHING);
      return;
    }
    if (declared > bytesMax) {
      broken.accept(tooLarge());
      return;
    }
    begin();
    int first = Math.clamp(isChunked ? 0 : declared, 0, BodyRoom.SMALL_BYTES);
    if (!share.take(BodyRoom.charge(first))) {
      broken.accept(BodyRoom.full());
      return;
    }
    bytes = new byte[first];
    request.handler(chunk -> {
      if (!isOver) {
        append(chunk).ifPresent(why -> giveUp(why, broken));
      }
    });
    request.exceptionHandler(_ -> {
      if (!isOver) {
        giveUp(Fault.of(Fault.Code.MALFORMED, "the body's chunks are broken"), broken);
      }
    });
    request.endHandler(_ -> {
      if (!isOver) {
        byte[] all = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        if (share.take(BodyRoom.values(all, isBinary))) {
          isOver = true;
          whole.accept(all);
        } else {
          giveUp(BodyRoom.full(), broken);
        }
      }
    });
  }

  private void giveUp(Fault why, Consumer<Fault> broken) {
    isOver = true;
    release();
    broken.accept(why);
  }

  /** Nobody needs its bytes any more. Done again it does nothing; any thread. */
  void release() {
    share.release();
  }

  /** What is wrong with it now, if anything is. */
  private Optional<Fault> append(Buffer chunk) {
    int needed = size + chunk.length();
    if (needed > bytesMax) {
      return Optional.of(tooLarge());
    }
    if (needed > bytes.length) {
      long larger = Math.max(needed, Math.min(2L * bytes.length, isChunked ? bytesMax : declared));
      if (!share.take(BodyRoom.charge(larger) - BodyRoom.charge(bytes.length))) {
        return Optional.of(BodyRoom.full());
      }
      bytes = Arrays.copyOf(bytes, (int) larger);
    }
    chunk.getBytes(bytes, size);
    size = needed;
    return Optional.empty();
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
