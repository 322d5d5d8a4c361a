package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Requests whose bodies are lines that are read as they come. */
class RequestStreamsTest {
  private static final long WAIT_S = 20;

  /** What may lie between a sender and a reader: the sockets of both sides, and one part. */
  private static final long BETWEEN_BYTES_MAX = 16 << 20;

  private static Definition taking() {
    return Web.definition()
        .operation(
            "load",
            HttpAdapter.POST,
            "/prices",
            HttpAdapter.BODY,
            new Type.StreamOf(Type.Text.ANY_TEXT),
            HttpAdapter.RETURNS,
            Type.Simple.ANY);
  }

  private static ValueStream stream(Message message) {
    return (ValueStream) message.body().value();
  }

  private static long count(Message message) throws InterruptedException {
    long count = 0;
    for (var next = stream(message).next(); next.isPresent(); next = stream(message).next()) {
      count++;
    }
    return count;
  }

  /** A connection on which a body is sent in chunks. */
  private static final class Sending implements AutoCloseable {
    private final Socket socket;
    private final OutputStream out;
    private final BufferedReader in;

    Sending(Web web) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), web.uri("").getPort());
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(WAIT_S));
      out = socket.getOutputStream();
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    Sending begin() throws IOException {
      write(
          "POST /prices HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n"
              + "transfer-encoding: chunked\r\n\r\n");
      return this;
    }

    void chunk(String text) throws IOException {
      write(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    void end() throws IOException {
      write("0\r\n\r\n");
    }

    private void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    /** Status line and headers, then the body. */
    String answer() throws IOException {
      var text = new StringBuilder();
      int length = 0;
      for (var line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        text.append(line).append('\n');
        if (line.startsWith("content-length: ")) {
          length = Integer.parseInt(line.substring("content-length: ".length()));
        }
      }
      for (int i = 0; i < length; i++) {
        text.append((char) in.read());
      }
      return text.toString();
    }

    boolean isClosed() throws IOException {
      return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void aLineIsThereBeforeTheNextIsSentAndTheConnectionGoesOn() throws Exception {
    BlockingQueue<Value> seen = new LinkedBlockingQueue<>();
    Web.Handler handler =
        message -> {
          long count = 0;
          for (var next = stream(message).next(); next.isPresent(); next = stream(message).next()) {
            seen.add(next.get());
            count++;
          }
          return Value.integer(count);
        };
    try (Web web = Web.running(taking(), handler);
        var sending = new Sending(web)) {
      for (int i = 0; i < 2; i++) {
        sending.begin().chunk("\"tea\"\n\"mi");
        assertThat(seen.poll(WAIT_S, TimeUnit.SECONDS)).isEqualTo(Value.text("tea"));
        sending.chunk("lk\"\r\n\n\"salt\"");
        assertThat(seen.poll(WAIT_S, TimeUnit.SECONDS)).isEqualTo(Value.text("milk"));
        sending.end();
        assertThat(sending.answer()).startsWith("HTTP/1.1 200").endsWith("\n3");
        assertThat(seen.poll()).isEqualTo(Value.text("salt"));
      }
    }
  }

  @Test
  void whoReadsSlowlyHoldsTheSenderBack() throws Exception {
    var goOn = new CountDownLatch(1);
    var sent = new AtomicLong();
    Web.Handler handler =
        message -> {
          goOn.await();
          return Value.integer(count(message));
        };
    String line = "\"" + "x".repeat(997) + "\"\n";
    try (Web web = Web.running(taking(), handler);
        var sending = new Sending(web)) {
      int lines = 100_000;
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  sending.begin();
                  for (int i = 0; i < lines; i += 100) {
                    sending.chunk(line.repeat(100));
                    sent.addAndGet(100L * line.length());
                  }
                  sending.end();
                } catch (IOException e) {
                  sent.set(-1);
                }
              });
      long before = -1;
      while (sent.get() != before || before == 0) { // until nothing more goes out
        before = sent.get();
        Thread.sleep(500);
      }
      assertThat(before).isBetween(1L, BETWEEN_BYTES_MAX);
      goOn.countDown();
      assertThat(sending.answer()).startsWith("HTTP/1.1 200").endsWith("\n" + lines);
      sender.join();
    }
  }

  @Test
  void anAnswerBeforeTheEndEndsTheConnection() throws Exception {
    try (Web web = Web.running(taking(), message -> stream(message).next().orElseThrow());
        var sending = new Sending(web)) {
      sending.begin().chunk("\"tea\"\n\"milk\"\n");
      assertThat(sending.answer())
          .startsWith("HTTP/1.1 200")
          .contains("connection: close")
          .endsWith("\"tea\"");
      assertThat(sending.isClosed()).isTrue();
    }
  }

  @Test
  void aLineThatDoesNotFitIsNamedWithItsNumber() throws Exception {
    try (Web web = Web.running(taking(), message -> Value.integer(count(message)))) {
      for (var wrong : List.of("\"a\"\n7\n", "\"a\"\n{\n")) {
        try (var sending = new Sending(web)) {
          sending.begin().chunk(wrong);
          assertThat(sending.answer())
              .startsWith(wrong.contains("7") ? "HTTP/1.1 422" : "HTTP/1.1 400")
              .contains("line 2 of the body");
        }
      }
    }
  }

  @Test
  void aLineIsNoLargerThanABodyMayBe() throws Exception {
    var definition = taking().with(HttpAdapter.MAX_BODY, 1_000L);
    try (Web web = Web.running(definition, message -> Value.integer(count(message)));
        var sending = new Sending(web)) {
      sending.begin();
      for (int i = 0; i < 10; i++) {
        sending.chunk("\"" + "x".repeat(500) + "\"\n"); // together more
      }
      sending.chunk("\"" + "x".repeat(1_000) + "\"\n");
      assertThat(sending.answer()).startsWith("HTTP/1.1 413").contains("line 11 of the body");
    }
  }

  @Test
  void whoStopsInTheMiddleIsTold() throws Exception {
    var definition = taking().with(HttpAdapter.TIMEOUT, Duration.ofMillis(300));
    try (Web web = Web.running(definition, message -> Value.integer(count(message)));
        var sending = new Sending(web)) {
      sending.begin().chunk("\"tea\"\n");
      assertThat(sending.answer()).startsWith("HTTP/1.1 408").contains("nothing more of the body");
      assertThat(sending.isClosed()).isTrue();
    }
  }

  @Test
  void whoGoesAwayInTheMiddleHasNotSentAnEnd() throws Exception {
    BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    Web.Handler handler =
        message -> {
          try {
            ended.add("whole " + count(message));
          } catch (FaultException e) {
            ended.add("broken");
          } catch (InterruptedException e) {
            ended.add("cancelled");
          }
          return Value.Null.NULL;
        };
    try (Web web = Web.running(taking(), handler)) {
      try (var sending = new Sending(web)) {
        sending.begin().chunk("\"tea\"\n");
      }
      assertThat(ended.poll(WAIT_S, TimeUnit.SECONDS)).isIn("broken", "cancelled");
    }
  }

  @Test
  void anAnswerMayBeAStreamOfWhatIsStillSent() throws Exception {
    var definition =
        Web.definition()
            .operation(
                "echo",
                HttpAdapter.POST,
                "/prices",
                HttpAdapter.BODY,
                new Type.StreamOf(Type.Text.ANY_TEXT),
                HttpAdapter.RETURNS,
                new Type.StreamOf(Type.Text.ANY_TEXT));
    try (Web web = Web.running(definition, message -> stream(message).map(text -> text));
        var sending = new Sending(web)) {
      sending.begin().chunk("\"tea\"\n");
      assertThat(sending.in.readLine()).startsWith("HTTP/1.1 200");
      while (!sending.in.readLine().isEmpty()) {
        // headers
      }
      assertThat(sending.in.readLine()).isEqualTo("6");
      assertThat(sending.in.readLine()).isEqualTo("\"tea\"");
      sending.chunk("\"milk\"\n");
      sending.in.readLine();
      assertThat(sending.in.readLine()).isEqualTo("7");
      assertThat(sending.in.readLine()).isEqualTo("\"milk\"");
      sending.end();
      sending.in.readLine();
      assertThat(sending.in.readLine()).isEqualTo("0");
    }
  }
}
