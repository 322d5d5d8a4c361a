package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: `unikernal lsp` of the distribution serves an editor. Method: the protocol's bytes are
 * written and read by hand, so that anything else on standard output would be seen.
 */
class LspIT {
  private static final int SECONDS_MAX = 120;

  @TempDir Path folder;

  @Test
  @Timeout(value = SECONDS_MAX, unit = TimeUnit.SECONDS)
  void theDistributionServesAnEditorAndSaysNothingElse() throws Exception {
    Path file = folder.resolve("x.udl");
    Files.writeString(file, "pipelines:\n  p: { output: \"😀 ${inputt}\" }\n");
    Process server =
        new ProcessBuilder(RunningProgram.launcher().toString(), "lsp")
            .directory(folder.toFile())
            .redirectError(folder.resolve("log").toFile())
            .start();
    try {
      send(
          server,
          "{\"id\":1,\"method\":\"initialize\",\"params\":{\"processId\":null,\"capabilities\":{}}}");
      assertThat(next(server)).contains("\"id\":1").contains("\"renameProvider\"");
      send(server, "{\"method\":\"initialized\",\"params\":{}}");
      String text = Files.readString(file).replace("\"", "\\\"").replace("\n", "\\n");
      send(
          server,
          ("{\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\"%s\","
                  + "\"languageId\":\"udl\",\"version\":1,\"text\":\"%s\"}}}")
              .formatted(file.toUri(), text));
      String diagnostics = next(server);
      assertThat(diagnostics).contains("UDL-2102").contains("did you mean `input`?");
      send(server, "{\"id\":2,\"method\":\"no/such\",\"params\":{}}");
      assertThat(next(server)).contains("\"id\":2").contains("\"error\"");
      send(server, "{\"id\":3,\"method\":\"shutdown\"}");
      assertThat(next(server)).contains("\"id\":3");
      send(server, "{\"method\":\"exit\"}");
      assertThat(server.waitFor()).isZero();
      assertThat(server.getInputStream().read()).isEqualTo(-1);
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  @Timeout(value = SECONDS_MAX, unit = TimeUnit.SECONDS)
  void anEditorThatGoesWithoutAWordEndsIt() throws Exception {
    Process server =
        new ProcessBuilder(RunningProgram.launcher().toString(), "lsp")
            .redirectError(folder.resolve("log").toFile())
            .start();
    server.getOutputStream().close();
    assertThat(server.waitFor()).isOne();
  }

  private static void send(Process server, String message) throws IOException {
    byte[] body =
        message.replaceFirst("\\{", "{\"jsonrpc\":\"2.0\",").getBytes(StandardCharsets.UTF_8);
    OutputStream out = server.getOutputStream();
    out.write(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
  }

  /** The next message; anything that is none fails. */
  private static String next(Process server) throws IOException {
    InputStream in = server.getInputStream();
    int length = -1;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      assertThat(header).matches("Content-[A-Z][a-z]+: .+");
      if (header.startsWith("Content-Length: ")) {
        length = Integer.parseInt(header.substring("Content-Length: ".length()));
      }
    }
    byte[] body = new byte[length];
    new DataInputStream(in).readFully(body);
    return new String(body, StandardCharsets.UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("the server has ended");
      }
      if (c == '\n') {
        return line.toString().stripTrailing();
      }
      line.append((char) c);
    }
  }
}
