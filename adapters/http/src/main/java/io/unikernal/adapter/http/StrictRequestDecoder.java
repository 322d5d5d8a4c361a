package io.unikernal.adapter.http;

import io.netty.handler.codec.http.HttpMessage;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.http1.VertxHttpRequestDecoder;

/**
 * Vert.x's own decoder, but a message with both `content-length` and `transfer-encoding` is
 * refused: Netty drops the length, and a proxy in front may have believed it (request smuggling).
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
  StrictRequestDecoder(int headerMax) {
    super(new Http1ServerConfig().setMaxInitialLineLength(headerMax).setMaxHeaderSize(headerMax));
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both content-length and transfer-encoding");
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) {
    // Vert.x itself would answer in the very version that is not known.
    if (!initialLine[2].equals("HTTP/1.1") && !initialLine[2].equals("HTTP/1.0")) {
      throw new OtherVersionException();
    }
    return super.createMessage(initialLine);
  }

  /** Neither HTTP/1.0 nor HTTP/1.1. */
  static final class OtherVersionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OtherVersionException() {
      super("not HTTP/1.0 or HTTP/1.1", null, false, false);
    }
  }
}
