package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Fault;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reply;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Sink;
import java.util.LinkedHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a delivery does with what it is settled with, whoever settles it. */
@Timeout(20)
class OutcomeTest {
  private static final String GET = "GET /x HTTP/1.1\nHost: x\n\n";

  private static Web web(Sink sink) throws InterruptedException {
    Web web =
        Web.bound(
            new HttpAdapter(),
            Web.definition()
                .operation("x", HttpAdapter.GET, "/x", HttpAdapter.RETURNS, Type.Simple.ANY));
    web.sources.values().forEach(source -> source.start(sink));
    return web;
  }

  @Test
  void whatIsDroppedOnPurposeIsAnsweredWithNothing() throws Exception {
    try (Web web = web((delivery, _) -> delivery.settle(new Outcome.Dropped("filtered")))) {
      assertThat(web.get("/x").statusCode()).isEqualTo(204);
    }
  }

  @Test
  void aReplyMayBringHeadersButNotThoseOfTheConnection() throws Exception {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Location", "/x/1");
    headers.put("content-length", "1");
    headers.put("transfer-encoding", "chunked");
    headers.put("connection", "close");
    headers.put("evil", "a\r\nb: c");
    headers.put("bad name", "x");
    var done = new Outcome.Done(new Reply(Value.text("body"), headers));
    try (Web web = web((delivery, _) -> delivery.settle(done));
        Raw raw = new Raw(web.port())) {
      for (int i = 0; i < 2; i++) {
        assertThat(raw.send(GET).response())
            .contains("location: /x/1", "content-length: 6")
            .doesNotContain("evil", "bad name", "chunked", "connection")
            .endsWith("\"body\"");
      }
    }
  }

  @Test
  void anyThreadMaySettle() throws Exception {
    try (Web web =
        web((delivery, _) ->
            Thread.ofPlatform()
                .start(() -> delivery.settle(new Outcome.Done(Reply.of(Value.integer(1))))))) {
      assertThat(web.get("/x").body()).isEqualTo("1");
    }
  }

  @Test
  void aSinkThatRefusesIsAnswered() throws Exception {
    try (Web web =
        web((_, _) -> {
          throw Fault.of(Fault.Code.OVERLOADED, "too much").toException();
        })) {
      assertThat(web.get("/x").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void settlingTwiceIsAMistakeAndSettlingLateIsNot() throws Exception {
    var deliveries = new LinkedBlockingQueue<Delivery>();
    var gone = new CountDownLatch(1);
    try (Web web = web((delivery, _) -> deliveries.add(delivery))) {
      Raw raw = new Raw(web.port());
      raw.send(GET);
      Delivery delivery = deliveries.take();
      delivery.onCancel(gone::countDown);
      raw.close();
      gone.await();
      delivery.settle(Outcome.Done.NONE);
      assertThatThrownBy(() -> delivery.settle(Outcome.Done.NONE))
          .isInstanceOf(IllegalStateException.class);
      var late = new CountDownLatch(1);
      try (Raw again = new Raw(web.port())) {
        again.send(GET);
        Delivery next = deliveries.take();
        var first = new CountDownLatch(1);
        next.onCancel(first::countDown);
        again.socket.close();
        first.await();
        // Registered after the sender went: runs at once.
        next.onCancel(late::countDown);
        assertThat(late.getCount()).isZero();
      }
    }
  }

  /** Tests of definitions ask for the status; it must be that of the answer that goes out. */
  @Test
  void theStatusThatIsToldIsTheOneThatIsSent() throws Exception {
    var outcomes = new java.util.ArrayList<Outcome>();
    outcomes.add(new Outcome.Done(Reply.of(Value.text("body"))));
    outcomes.add(new Outcome.Done(Reply.of(Value.Absent.ABSENT)));
    outcomes.add(Outcome.Done.NONE);
    outcomes.add(new Outcome.Dropped("filtered"));
    for (Fault.Code code : Fault.Code.values()) {
      if (code != Fault.Code.CANCELLED) { // nobody is there to read it
        outcomes.add(new Outcome.Failed(Fault.of(code, "as the test wants")));
      }
    }
    var next = new java.util.concurrent.atomic.AtomicReference<>(outcomes.getFirst());
    var sources = new java.util.ArrayList<HttpSource>();
    for (var definition :
        java.util.List.of(
            Web.definition()
                .operation("x", HttpAdapter.GET, "/x", HttpAdapter.RETURNS, Type.Simple.ANY),
            Web.definition().operation("x", HttpAdapter.GET, "/x"),
            Web.definition().operation("x", HttpAdapter.GET, "/x", HttpAdapter.STATUS, 202))) {
      try (Web web = Web.bound(new HttpAdapter(), definition)) {
        web.sources
            .values()
            .forEach(source -> {
              source.start((delivery, _) -> delivery.settle(next.get()));
              sources.add((HttpSource) source);
            });
        for (Outcome outcome : outcomes) {
          next.set(outcome);
          assertThat(new HttpAdapter().status(sources.getLast().operation(), outcome))
              .as(outcome.toString())
              .isEqualTo(web.get("/x").statusCode());
        }
      }
    }
  }
}
