package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reply;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Sender;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A request that the kernel has. Any thread. */
final class HttpDelivery implements Delivery {
  /** What has happened, in the place of what to run when the sender goes away. */
  private enum Mark implements Runnable {
    WAITING,
    GONE,
    SETTLED;

    @Override
    public void run() {}
  }

  private final Exchange exchange;
  private final HttpSource source;
  private final Message message;
  private final String path;
  private final BodyFormats.Chosen format;
  private final Optional<StreamFormat.Chosen> streamed;

  private final AtomicReference<Runnable> onCancel = new AtomicReference<>(Mark.WAITING);

  /** {@code format} is what the answer is in. */
  HttpDelivery(
      Exchange exchange,
      HttpSource source,
      Message message,
      String path,
      BodyFormats.Chosen format,
      Optional<StreamFormat.Chosen> streamed) {
    this.exchange = exchange;
    this.source = source;
    this.message = message;
    this.path = path;
    this.format = format;
    this.streamed = streamed;
  }

  @Override
  public Message message() {
    return message;
  }

  @Override
  public Sender sender() {
    return new Sender(message.headers(), exchange.certificates(), exchange.remote());
  }

  @Override
  public void onCancel(Runnable action) {
    if (!onCancel.compareAndSet(Mark.WAITING, action) && onCancel.get() == Mark.GONE) {
      action.run();
    }
  }

  /** The sender closed its connection. */
  void gone() {
    onCancel.getAndUpdate(before -> before == Mark.SETTLED ? Mark.SETTLED : Mark.GONE).run();
  }

  @Override
  public void settle(Outcome outcome) {
    try {
      if (streamed.isPresent()
          && outcome instanceof Outcome.Done(var reply)
          && (reply.body() instanceof ValueStream || reply.body() instanceof Value.Items)) {
        stream(reply, streamed.get());
      } else {
        answer(outcome);
      }
    } finally {
      exchange.releaseBody();
    }
  }

  private void answer(Outcome outcome) {
    Runnable before = onCancel.getAndSet(Mark.SETTLED);
    if (before == Mark.SETTLED) {
      throw new IllegalStateException("settled twice: " + message.operation());
    }
    if (before == Mark.GONE) {
      return;
    }
    if (outcome instanceof Outcome.Failed(var fault) && fault.code() == Fault.Code.CANCELLED) {
      var _ = exchange.onLoop(exchange::abort);
      return;
    }
    // Written in its format here, on the message's own thread: the loop only sends.
    Answer answer =
        outcome instanceof Outcome.Failed(var fault) && exchange.isSilence(fault)
            ? Answer.problem(408, fault, path, message.trace())
            : source.answer(outcome, path, message.trace(), format);
    var _ = exchange.onLoop(() -> exchange.write(answer, source.isClosed()));
  }

  /** Until it ends the sender may go away, which cancels the message that makes it. */
  private void stream(Reply reply, StreamFormat.Chosen how) {
    ValueStream elements = StreamAnswer.elements(reply.body());
    Runnable before = onCancel.get();
    if (before == Mark.SETTLED) {
      throw new IllegalStateException("settled twice: " + message.operation());
    }
    if (before == Mark.GONE) {
      elements.close();
      return;
    }
    try {
      new StreamAnswer(exchange, exchange::onLoop, how.format(), path, message.trace())
          .write(elements, source.head(reply, how.mediaType()));
    } finally {
      onCancel.set(Mark.SETTLED);
    }
  }
}
