package io.unikernal.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands on loopback between a client and a server, and does to what the server answers what broken
 * networks and servers do. What it is told holds for the connections that are open too.
 */
final class FaultProxy implements AutoCloseable {
  /** What is done to an answer. */
  enum Mode {
    /** It goes through. */
    PASS,
    /** Nobody listens. */
    REFUSE,
    /** The connection is reset after some bytes of the answer. */
    RESET_MID_BODY,
    /** It comes byte by byte, for ever. */
    TRICKLE,
    /** The connection stands, and nothing comes. */
    HALF_OPEN,
    /** Other bytes come. */
    GARBAGE
  }

  private static final int PASSED_BEFORE_RESET = 200;
  private static final int TRICKLE_MS = 100;
  private static final int BUFFER = 8192;

  private final int port;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final Random random = new Random(7);
  private volatile Mode mode = Mode.PASS;
  private volatile ServerSocket server;

  /** Before a server on {@code target} of loopback. */
  FaultProxy(int target) throws IOException {
    this.target = target;
    server = listen(0);
    port = server.getLocalPort();
  }

  int port() {
    return port;
  }

  /** How many connections there were. */
  int accepted() {
    return accepted.get();
  }

  /** From now on, for every answer. */
  void behave(Mode next) throws IOException {
    var before = mode;
    mode = next;
    if (next == Mode.REFUSE) {
      server.close();
      open.forEach(FaultProxy::reset);
    } else if (before == Mode.REFUSE) {
      server = listen(port);
    }
    if (before != Mode.PASS) {
      open.forEach(FaultProxy::reset); // what was half said is of no use any more
    }
  }

  private ServerSocket listen(int wanted) throws IOException {
    var made = new ServerSocket();
    made.setReuseAddress(true);
    made.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
    Thread.startVirtualThread(() -> accept(made));
    return made;
  }

  private void accept(ServerSocket from) {
    while (true) {
      try {
        var client = from.accept();
        accepted.incrementAndGet();
        var behind = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(behind);
        Thread.startVirtualThread(() -> carry(client, behind, false));
        Thread.startVirtualThread(() -> carry(behind, client, true));
      } catch (IOException _) {
        if (from.isClosed()) {
          return;
        }
      }
    }
  }

  private void carry(Socket from, Socket to, boolean isAnswer) {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int count = from.getInputStream().read(buffer);
          count >= 0;
          count = from.getInputStream().read(buffer)) {
        if (isAnswer) {
          answer(buffer, count, to);
        } else {
          to.getOutputStream().write(buffer, 0, count);
        }
      }
      to.shutdownOutput();
    } catch (IOException | InterruptedException _) {
      reset(from);
      reset(to);
    } finally {
      open.remove(from);
    }
  }

  private void answer(byte[] bytes, int count, Socket to) throws IOException, InterruptedException {
    var out = to.getOutputStream();
    switch (mode) {
      case PASS -> out.write(bytes, 0, count);
      case REFUSE -> reset(to);
      case RESET_MID_BODY -> {
        out.write(bytes, 0, Math.min(count, PASSED_BEFORE_RESET));
        out.flush();
        Thread.sleep(TRICKLE_MS); // so that it is read before the reset throws it away
        reset(to);
      }
      case TRICKLE -> {
        for (int i = 0; i < count; i++) {
          out.write(bytes[i]);
          Thread.sleep(TRICKLE_MS);
        }
      }
      case HALF_OPEN -> {}
      case GARBAGE -> {
        byte[] other = new byte[count];
        random.nextBytes(other);
        out.write(other);
      }
    }
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException _) {
      // It is closed already.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(FaultProxy::reset);
  }
}
