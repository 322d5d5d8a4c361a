package io.unikernal.lsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LspServerEndTest {
  /**
   * As standard input is: whoever waits for a next byte can be neither interrupted nor closed away.
   */
  private static final class PipeThatStaysOpen extends InputStream {
    private final ByteArrayInputStream given;
    private final CountDownLatch never = new CountDownLatch(1);

    PipeThatStaysOpen(String... messages) {
      var all = new StringBuilder();
      for (String message : messages) {
        all.append("Content-Length: ").append(message.length()).append("\r\n\r\n").append(message);
      }
      given = new ByteArrayInputStream(all.toString().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int read() {
      int next = given.read();
      while (next < 0) {
        try {
          never.await();
        } catch (InterruptedException _) {
          Thread.onSpinWait(); // As a read of a pipe, which knows no interruption.
        }
      }
      return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      bytes[offset] = (byte) read();
      return 1;
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void itEndsWhenToldToEvenIfTheEditorKeepsItsPipeOpen() throws Exception {
    var pipe =
        new PipeThatStaysOpen(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}",
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\"}",
            "{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
    assertThat(LspServer.serve(pipe, OutputStream.nullOutputStream(), Map.of(), Map.of())).isZero();
  }
}
