package io.unikernal.adapter.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends exactly what it is told. */
final class Raw implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;
  final Socket socket;
  private final InputStream in;

  Raw(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  /** Sends `\n` as CRLF. */
  Raw send(String text) throws IOException {
    return sendExactly(text.replace("\n", "\r\n"));
  }

  Raw sendExactly(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** One response: its head and, by its content-length, its body. */
  String response() throws IOException {
    return response(true);
  }

  String response(boolean hasBody) throws IOException {
    var head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int octet = in.read();
      if (octet < 0) {
        return text.isEmpty() ? "EOF" : "EOF after " + text;
      }
      head.write(octet);
      text = head.toString(StandardCharsets.ISO_8859_1);
    }
    int at = text.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ");
    if (at < 0 || !hasBody) {
      return text;
    }
    int length = Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
    return text + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  /** Everything until the other side closes. */
  String rest() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** How much comes until the other side closes, orderly or not. */
  long countRest() {
    long count = 0;
    try {
      var buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count += n;
      }
    } catch (IOException _) {
      // Reset: no more will come.
    }
    return count;
  }

  long skip(int bytes) throws IOException {
    return in.readNBytes(bytes).length;
  }

  boolean isClosedByServer() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
