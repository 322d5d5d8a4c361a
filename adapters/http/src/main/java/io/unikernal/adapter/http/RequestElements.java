package io.unikernal.adapter.http;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The lines of a request's body, each read when it is asked for: the body may be larger than
 * memory, and its sender is held back by who reads it.
 */
final class RequestElements implements IncomingElements.Elements, Incoming.Other {
  private final Predicate<Runnable> loop;
  private final Type element;
  private final boolean isStrict;
  private final BodyRoom.Share share;
  private final Incoming incoming;
  private final ValueStream stream;
  private volatile Optional<Fault> silence = Optional.empty();

  /** On the request's event loop, of which {@code loop} is {@link Exchange#onLoop}. */
  RequestElements(
      Predicate<Runnable> loop,
      HttpServerRequest request,
      InputReader reader,
      HttpServerSystem.Settings settings,
      BodyRoom room) {
    this.loop = loop;
    share = room.share();
    element = reader.element().orElseThrow();
    isStrict = reader.isStrict();
    incoming = new Incoming(request, settings.timeout(), this);
    stream = new ValueStream(new IncomingElements(incoming, this, false, settings.maxBody()));
  }

  ValueStream stream() {
    return stream;
  }

  /** Whether something of the body was not read, so that its connection serves no other request. */
  boolean isUnread() {
    return !incoming.hasEnded();
  }

  /** Whether the fault says that the sender stopped to send. */
  boolean isSilence(Fault fault) {
    return silence.filter(fault::equals).isPresent();
  }

  /** The message has ended. Any thread; done again it does nothing. */
  void release() {
    stream.close();
    share.release();
  }

  @Override
  public Value read(byte[] json, long line) {
    try {
      var extra = isStrict ? Conform.Extra.REFUSE : Conform.Extra.KEEP;
      return Json.read(json, element, extra, Json.Limits.DEFAULT);
    } catch (FaultException e) {
      if (e.fault().code() != Fault.Code.INVALID) {
        String message = "line " + line + " of the body: " + e.fault().message();
        throw e.fault().withMessage(message).toException();
      }
      if (!isStrict) {
        // The kernel may know what stands for the same, and else says what is wrong.
        return Json.read(json, Type.Simple.ANY, Conform.Extra.KEEP, Json.Limits.DEFAULT);
      }
      throw Fault.invalid(
              "line " + line + " of the body does not fit its type", e.fault().violations())
          .toException();
    }
  }

  @Override
  public void held(long bytes) {
    if (!share.takeUpTo(BodyRoom.charge(bytes))) {
      throw BodyRoom.full().toException();
    }
  }

  @Override
  public Fault tooLong(long line, long bytesMax) {
    return Fault.of(
        Fault.Code.TOO_LARGE,
        "line " + line + " of the body is larger than " + bytesMax + " bytes",
        "send shorter lines, or raise `max_body`");
  }

  @Override
  public Fault brokenOff(String data) {
    throw new IllegalStateException("requests have no events");
  }

  @Override
  public void onLoop(Runnable action) {
    var _ = loop.test(action); // else the connection has ended with it, which its handlers said
  }

  /** What is left of it is thrown away with the connection, once the answer is written. */
  @Override
  public void giveUp() {}

  @Override
  public Fault broken(Throwable cause) {
    return Fault.of(Fault.Code.MALFORMED, "the body breaks off, or its chunks are broken");
  }

  @Override
  public Fault silent(Duration time) {
    var fault =
        Fault.of(
            Fault.Code.TIMEOUT,
            "nothing more of the body came for %d ms".formatted(time.toMillis()),
            "send something meanwhile, or raise `timeout`");
    silence = Optional.of(fault);
    return fault;
  }

  @Override
  public Fault closed() {
    return Fault.of(Fault.Code.CANCELLED, "the body is not wanted any more");
  }
}
