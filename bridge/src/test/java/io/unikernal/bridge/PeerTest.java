package io.unikernal.bridge;

import static io.unikernal.bridge.Bench.map;
import static io.unikernal.bridge.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Cbor;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Reply;
import io.unikernal.model.Value;
import io.unikernal.spi.Caller;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An open connection, with a peer at its other end that may break every rule. */
class PeerTest {
  private static final String TOKEN = "5a".repeat(32);
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int SEATS = 4;
  private final TestWorld world = new TestWorld();
  private final List<String> endings = new CopyOnWriteArrayList<>();
  private final CountDownLatch began = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final Gate gate;
  private final RawPeer raw;
  private final Peer peer;

  private final class TestOwner implements Peer.Owner {
    private final WorkerCalls calls = new WorkerCalls("raw", caller(), world, new TestLog());

    @Override
    public void received(Peer from, Frame frame) {
      switch (frame.type()) {
        case Frame.CALL -> calls.accept(from, frame);
        case Frame.CANCEL -> calls.cancel(frame.id());
        default -> from.drain();
      }
    }

    @Override
    public void freed() {}

    @Override
    public void ended(Peer from, String reason) {
      endings.add(reason);
      calls.end();
    }
  }

  private Caller caller() {
    return (operation, input, _, _) -> {
      switch (operation) {
        case "slow.one" -> {
          began.countDown();
          try {
            Thread.sleep(10_000);
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
        }
        case "large.one" -> {
          return Reply.of(new Value.Bytes(new byte[100_000]));
        }
        default -> {}
      }
      return Reply.of(input);
    };
  }

  PeerTest() throws IOException, InterruptedException {
    gate = Gate.open("raw", world, new TestLog(), Limits.DEFAULT);
    Seat seat = gate.expect(TOKEN);
    raw = new RawPeer(gate.path());
    raw.send(Frame.HELLO, 0, RawPeer.hello(TOKEN, 50_000));
    raw.frame();
    var hello = seat.await(LIMIT);
    peer = new Peer(hello.channel(), new TestOwner(), world, SEATS, hello.lengthMax());
    peer.start("raw", hello.reader());
  }

  @AfterEach
  void closeTwiceAndLeaveNoThread() throws IOException, InterruptedException {
    peer.close();
    peer.close();
    raw.close();
    gate.close();
    // The peer may see the end a moment before the owner is told.
    eventually("the owner is told", () -> !endings.isEmpty());
    assertThat(endings).as("told once").hasSize(1);
    eventually("no thread is left", () -> world.running().isEmpty());
  }

  private FutureTask<Value> call(Duration limit) {
    var task =
        new FutureTask<>(() -> {
          assertThat(peer.takeSeat()).isTrue();
          Frame answer =
              peer.call(CallFrame.write("f", Value.Dict.EMPTY, Cbor.write(map())), limit);
          return answer.type() == Frame.ERROR ? answer.value() : CallFrame.result(answer.payload());
        });
    Thread.startVirtualThread(task);
    return task;
  }

  private static Fault fault(FutureTask<Value> task) {
    var thrown =
        catchThrowableOfType(
            java.util.concurrent.ExecutionException.class, () -> task.get(5, TimeUnit.SECONDS));
    assertThat(thrown).cause().isInstanceOf(FaultException.class);
    return thrown.getCause() instanceof FaultException e
        ? e.fault()
        : Fault.of(Fault.Code.INTERNAL, "");
  }

  private static Value value(FutureTask<Value> task) throws Exception {
    return task.get(5, TimeUnit.SECONDS);
  }

  private void result(int id, long number) throws IOException {
    raw.send(CallFrame.result(id, Value.integer(number)));
  }

  private void assertClosedForBreaking(String what) throws IOException {
    Frame last = raw.frame();
    assertThat(last.type()).isEqualTo(Frame.ERROR);
    assertThat(last.id()).isZero();
    assertThat(last.value().fieldText("code")).isEqualTo("protocol");
    assertThat(last.value().fieldText("message")).contains(what);
    assertThat(raw.next()).isEmpty();
  }

  @Test
  void repliesFindTheirCallsInAnyOrder() throws Exception {
    var first = call(LIMIT);
    int firstId = raw.frame().id();
    var second = call(LIMIT);
    int secondId = raw.frame().id();
    assertThat(firstId).isEqualTo(2);
    assertThat(secondId).isEqualTo(4);
    result(secondId, 22);
    result(firstId, 11);
    assertThat(value(first)).isEqualTo(Value.integer(11));
    assertThat(value(second)).isEqualTo(Value.integer(22));
    assertThat(peer.load()).isZero();
  }

  @Test
  void aCallThatTimesOutIsCancelledAndKeepsItsSeatUntilItEnds() throws Exception {
    var call = call(Duration.ofMillis(100));
    int id = raw.frame().id();
    assertThat(fault(call).code()).isEqualTo(Fault.Code.TIMEOUT);
    Frame cancel = raw.frame();
    assertThat(cancel.type()).isEqualTo(Frame.CANCEL);
    assertThat(cancel.id()).isEqualTo(id);
    assertThat(peer.load()).isOne();
    assertThat(peer.isBusy()).isFalse();
    Thread.sleep(20);
    assertThat(peer.oldestAbandoned()).isPositive();
    result(id, 1);
    result(id, 2); // Twice: ignored.
    raw.send(Frame.ERROR, 4_000, map("code", "app", "message", "for no call"));
    var next = call(LIMIT);
    result(raw.frame().id(), 3);
    assertThat(value(next)).isEqualTo(Value.integer(3));
    assertThat(peer.load()).isZero();
    assertThat(peer.oldestAbandoned()).isZero();
  }

  @Test
  void interruptingACallerCancelsItsCallAndNothingElse() throws Exception {
    var done = new CountDownLatch(1);
    var thread =
        Thread.startVirtualThread(() -> {
          peer.takeSeat();
          try {
            peer.call(CallFrame.write("f", Value.Dict.EMPTY, Cbor.write(map())), LIMIT);
          } catch (InterruptedException _) {
            done.countDown();
          }
        });
    raw.frame();
    thread.interrupt();
    assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(raw.frame().type()).isEqualTo(Frame.CANCEL);
    var next = call(LIMIT);
    result(raw.frame().id(), 3);
    assertThat(value(next)).isEqualTo(Value.integer(3));
  }

  @Test
  void noMoreCallsAreSentThanThereAreSeats() {
    for (int i = 0; i < SEATS; i++) {
      assertThat(peer.takeSeat()).isTrue();
    }
    assertThat(peer.takeSeat()).isFalse();
    peer.giveSeat();
    assertThat(peer.takeSeat()).isTrue();
    peer.drain();
    peer.giveSeat();
    assertThat(peer.takeSeat()).as("a peer that leaves").isFalse();
  }

  /** Takes one write and no more; what it has to read comes only after that. */
  private static final class HalfClosed implements java.nio.channels.ByteChannel {
    private final CountDownLatch refused = new CountDownLatch(1);
    private final java.nio.ByteBuffer answer = java.nio.ByteBuffer.allocate(100);
    private volatile boolean wrote;

    @Override
    public int read(java.nio.ByteBuffer into) throws IOException {
      try {
        assertThat(refused.await(5, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(100);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (!answer.hasRemaining()) {
        return -1;
      }
      int count = answer.remaining();
      into.put(answer);
      return count;
    }

    @Override
    public int write(java.nio.ByteBuffer from) throws IOException {
      if (wrote) {
        refused.countDown();
        throw new IOException("Broken pipe");
      }
      wrote = true;
      int count = from.remaining();
      from.position(from.limit());
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void anAnswerWrittenBeforeTheWorkerLeftIsStillRead() throws Exception {
    var channel = new HalfClosed();
    CallFrame.result(2, Value.integer(7)).writeTo(channel.answer);
    channel.answer.flip();
    var ended = new CountDownLatch(1);
    var owner =
        new Peer.Owner() {
          @Override
          public void received(Peer from, Frame frame) {}

          @Override
          public void freed() {}

          @Override
          public void ended(Peer from, String reason) {
            ended.countDown();
          }
        };
    try (var leaving = new Peer(channel, owner, world, SEATS, Frame.LENGTH_MAX)) {
      leaving.start("leaving", new FrameReader(channel));
      assertThat(leaving.takeSeat()).isTrue();
      var task =
          new FutureTask<>(
              () -> leaving.call(CallFrame.write("f", Value.Dict.EMPTY, Cbor.write(map())), LIMIT));
      Thread.startVirtualThread(task);
      eventually("it is written", () -> channel.wrote);
      leaving.offer(Frame.of(Frame.PING, 0, Value.Null.NULL));
      Frame answer = task.get(5, TimeUnit.SECONDS);
      assertThat(CallFrame.result(answer.payload())).isEqualTo(Value.integer(7));
      assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whoeverWaitsIsToldWhenTheConnectionEnds() throws Exception {
    var waiting = new ArrayList<FutureTask<Value>>();
    for (int i = 0; i < SEATS; i++) {
      waiting.add(call(LIMIT));
      raw.frame();
    }
    raw.close();
    for (var task : waiting) {
      assertThat(fault(task).code()).isEqualTo(Fault.Code.DISCONNECTED);
      assertThat(fault(task).retryable()).isTrue();
    }
    assertThat(peer.takeSeat()).isFalse();
  }

  @Test
  void callsThatBeginWhileItEndsDoNotHang() throws Exception {
    for (int i = 0; i < 50; i++) {
      peer.giveSeat(); // More seats than the rules give, for more callers.
    }
    var tasks = new ArrayList<FutureTask<Value>>();
    for (int i = 0; i < 40; i++) {
      tasks.add(call(Duration.ofSeconds(60)));
      if (i == 20) {
        Thread.startVirtualThread(peer::close);
      }
    }
    for (var task : tasks) {
      var _ =
          catchThrowableOfType(
              java.util.concurrent.ExecutionException.class, () -> task.get(5, TimeUnit.SECONDS));
      assertThat(task.isDone()).isTrue();
    }
  }

  @Test
  void aPingIsAnsweredWithItsValue() throws IOException {
    raw.send(Frame.PING, 0, map("n", 7));
    Frame pong = raw.frame();
    assertThat(pong.type()).isEqualTo(Frame.PONG);
    assertThat(pong.value()).isEqualTo(map("n", 7));
  }

  @Test
  void unknownOptionalFramesAreSkippedAndRequiredOnesAreNot() throws IOException {
    raw.hex("0000000ac881000000000000ffff");
    raw.send(Frame.PING, 0, Value.Null.NULL);
    assertThat(raw.frame().type()).isEqualTo(Frame.PONG);
    raw.hex("000000096300000000000002f6");
    assertClosedForBreaking("unknown type");
  }

  @Test
  void framesThatMayNotComeNowEndTheConnection() throws IOException {
    raw.send(Frame.HELLO, 0, RawPeer.hello(TOKEN, 1_000));
    assertClosedForBreaking("may not come now");
  }

  @Test
  void aFrameOverWhatTheGreetingAgreedOnEndsTheConnection() throws IOException {
    raw.hex("0000c35101000000000000010000");
    assertClosedForBreaking("bytes");
  }

  @Test
  void halfAFrameEndsTheConnection() throws IOException {
    raw.hex("00000009090000");
    raw.halfClose();
    assertClosedForBreaking("half a frame");
  }

  @Test
  void anErrorOfTheConnectionEndsItWithItsWords() throws Exception {
    var waiting = call(LIMIT);
    raw.frame();
    raw.send(BridgeFaults.ofConnection("protocol", "I do not understand"));
    assertThat(fault(waiting).message()).contains("I do not understand");
  }

  @Test
  void aCallWithAnEvenIdOrOneInFlightEndsTheConnection() throws Exception {
    raw.call(1, "slow.one", Value.Dict.EMPTY);
    assertThat(began.await(5, TimeUnit.SECONDS)).isTrue();
    raw.call(1, "echo.one", Value.Dict.EMPTY);
    assertClosedForBreaking("in flight");
    assertThat(interrupted.await(5, TimeUnit.SECONDS)).as("nobody waits for it").isTrue();
  }

  @Test
  void aWorkersCallIsAnsweredAndItsIdFreeAgain() throws IOException {
    for (int i = 0; i < 3; i++) {
      raw.call(1, "echo.one", map("deadline_ms", 1_000, "later", "ignored"));
      assertThat(CallFrame.result(raw.frame().payload())).isEqualTo(map("a", 1));
    }
    raw.call(3, "echo.one", map("deadline_ms", 0));
    assertThat(raw.frame().value().fieldText("code")).isEqualTo("timeout");
    raw.call(2, "echo.one", Value.Dict.EMPTY);
    assertClosedForBreaking("even id");
  }

  @Test
  void aWorkersCallThatIsCancelledEndsWithCancelled() throws Exception {
    raw.call(1, "slow.one", Value.Dict.EMPTY);
    raw.send(Frame.CANCEL, 1, Value.Null.NULL);
    Frame answer = raw.frame();
    assertThat(answer.id()).isOne();
    assertThat(answer.value().fieldText("code")).isEqualTo("cancelled");
    raw.send(Frame.CANCEL, 1, Value.Null.NULL);
    raw.send(Frame.PING, 0, Value.Null.NULL);
    assertThat(raw.frame().type()).isEqualTo(Frame.PONG);
  }

  @Test
  void anAnswerThatIsTooLargeIsAnError() throws IOException {
    raw.call(1, "large.one", Value.Dict.EMPTY);
    assertThat(raw.frame().value().fieldText("code")).isEqualTo("app");
  }

  @Test
  void aMalformedBodyIsTheFaultOfItsCallAlone() throws Exception {
    raw.hex("0000001001000000000000018361 66a0d81841ff".replace(" ", ""));
    assertThat(raw.frame().value().fieldText("code")).isEqualTo("invalid");
    var call = call(LIMIT);
    int id = raw.frame().id();
    raw.send(new Frame(Frame.RESULT, 0, id, new byte[] {(byte) 0xd8, 24, 0x41, (byte) 0xff}));
    assertThat(fault(call).code()).isEqualTo(Fault.Code.MALFORMED);
    raw.send(Frame.PING, 0, Value.Null.NULL);
    assertThat(raw.frame().type()).isEqualTo(Frame.PONG);
  }

  @Test
  void aWorkerThatFloodsWithoutReadingIsClosed() throws Exception {
    var flood = new java.util.concurrent.atomic.AtomicBoolean();
    var thread =
        Thread.startVirtualThread(() -> {
          try {
            while (true) {
              raw.send(Frame.PING, 0, new Value.Bytes(new byte[10_000]));
            }
          } catch (IOException _) {
            flood.set(true);
          }
        });
    eventually("it is closed", flood::get);
    thread.join();
    assertThat(endings.getFirst()).contains("does not read");
  }
}
