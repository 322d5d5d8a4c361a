package io.unikernal.bridge;

import static io.unikernal.bridge.Bench.map;
import static io.unikernal.bridge.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final String TOKEN = "5a".repeat(32);
  private static final Limits LIMITS =
      new Limits(
          Duration.ofMillis(300),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofMillis(50),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30));
  private final TestWorld world = new TestWorld();
  private Gate gate = openGate();
  private Seat seat = gate.expect(TOKEN);

  private Gate openGate() {
    try {
      return Gate.open("raw", world, new TestLog(), LIMITS);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void nothingYet() {
    assertThat(Path.of(gate.path())).exists();
  }

  @AfterEach
  void closeTwiceAndLeaveNothing() throws InterruptedException {
    gate.close();
    gate.close();
    assertThat(Path.of(gate.path()).getParent()).doesNotExist();
    eventually("no thread is left", () -> world.running().isEmpty());
  }

  private void assertRefused(RawPeer peer, String code) throws IOException {
    Frame frame = peer.frame();
    assertThat(frame.type()).isEqualTo(Frame.ERROR);
    assertThat(frame.id()).isZero();
    assertThat(frame.value().fieldText("code")).isEqualTo(code);
    assertThat(peer.next()).isEmpty();
  }

  @Test
  void onlyThisUserReachesTheSocket() throws IOException {
    Path socket = Path.of(gate.path());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void theRightTokenIsWelcomeOnce() throws IOException, InterruptedException {
    try (var peer = new RawPeer(gate.path());
        var second = new RawPeer(gate.path())) {
      peer.send(Frame.HELLO, 0, RawPeer.hello(TOKEN, 5_000));
      Frame welcome = peer.frame();
      assertThat(welcome.type()).isEqualTo(Frame.WELCOME);
      assertThat(welcome.value().field("max_frame")).isEqualTo(Value.integer(Frame.LENGTH_MAX));
      var hello = seat.await(Duration.ofSeconds(1));
      assertThat(hello.lengthMax()).isEqualTo(5_000);
      second.send(Frame.HELLO, 0, RawPeer.hello(TOKEN, 5_000));
      assertRefused(second, "unauthenticated");
      hello.close();
    }
  }

  @Test
  void aWrongTokenIsRefused() throws IOException {
    try (var peer = new RawPeer(gate.path())) {
      peer.send(Frame.HELLO, 0, RawPeer.hello("5b".repeat(32), 5_000));
      assertRefused(peer, "unauthenticated");
    }
  }

  @Test
  void whatIsNoHelloIsAnsweredWithProtocolAndClosed() throws IOException {
    String[] bad = {
      "474554202f20485454502f312e310d0a0d0a", // HTTP by mistake
      "000000090900000000000000f6", // PING first
      "ffffffff0700000000000000", // an oversized length
      "000000090700000000000000ff", // no CBOR
    };
    for (String bytes : bad) {
      try (var peer = new RawPeer(gate.path())) {
        peer.hex(bytes);
        assertRefused(peer, "protocol");
      }
    }
    try (var peer = new RawPeer(gate.path())) {
      peer.send(Frame.HELLO, 0, map("v", 2, "token", TOKEN));
      assertRefused(peer, "protocol");
    }
    try (var peer = new RawPeer(gate.path())) {
      peer.send(Frame.HELLO, 0, map("v", 1, "token", TOKEN));
      assertRefused(peer, "protocol");
    }
  }

  @Test
  void whoSaysNothingOrHalfAHelloIsClosedAfterTheLimit() throws IOException {
    try (var silent = new RawPeer(gate.path());
        var half = new RawPeer(gate.path())) {
      half.hex("00000090070000");
      long start = System.nanoTime();
      assertThat(silent.next()).isEmpty();
      assertThat(half.next()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void whoNoLongerWaitsForAWorkerDoesNotKeepItsConnection() throws Exception {
    assertThatThrownBy(() -> seat.await(Duration.ofMillis(10)))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("did not connect");
    gate.forget(TOKEN, seat);
    try (var peer = new RawPeer(gate.path())) {
      peer.send(Frame.HELLO, 0, RawPeer.hello(TOKEN, 5_000));
      assertRefused(peer, "unauthenticated");
    }
    seat = gate.expect(TOKEN);
    try (var peer = new RawPeer(gate.path())) {
      peer.send(Frame.HELLO, 0, RawPeer.hello(TOKEN, 5_000));
      assertThat(peer.frame().type()).isEqualTo(Frame.WELCOME);
      seat.await(Duration.ofSeconds(1));
      gate.forget(TOKEN, seat);
      assertThat(peer.next()).isEmpty();
    }
  }
}
