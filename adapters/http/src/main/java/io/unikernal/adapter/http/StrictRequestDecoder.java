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
}
