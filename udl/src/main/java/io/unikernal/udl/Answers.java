package io.unikernal.udl;

import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.udl.StepReader.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a pipeline answers besides by its output: replies, drops, and what it holds back. */
final class Answers {
  /** What the sources want; {@code any} where they want different things. */
  final Type wanted;

  private final Diagnostics diagnostics;
  private final List<Reply> replies = new ArrayList<>();
  private Optional<Place> held = Optional.empty();
  private State state = State.NOT;
  private Optional<Place> first = Optional.empty();
  private boolean isDropping;

  Answers(Type wanted, Diagnostics diagnostics) {
    this.wanted = wanted;
    this.diagnostics = diagnostics;
  }

  /** What a `reply` gives, to be typed against each source that it goes to. */
  record Reply(Expression value, Node node, Variables variables, Place place) {}

  /** Whether a reply was given on the way to a step. */
  enum State {
    NOT,
    MAYBE,
    SURELY
  }

  /**
   * What a route or caller must know.
   *
   * @param isSure whether one of the replies is always reached
   * @param held where messages are held back, if they are
   */
  record Summary(List<Reply> replies, boolean isSure, boolean isDropping, Optional<Place> held) {}

  Summary summary() {
    return new Summary(List.copyOf(replies), state == State.SURELY, isDropping, held);
  }

  State state() {
    return state;
  }

  /** For another branch. */
  void setState(State known) {
    state = known;
  }

  /** After branches, of which one was taken. */
  static State join(State one, State other) {
    return one == other ? one : State.MAYBE;
  }

  /** Notes a reply; false if it may not stand there, which is reported. */
  boolean reply(Context context, Place place) {
    String block = context.nest().noReply();
    if (!block.isEmpty()) {
      diagnostics
          .error(Code.REPLY_PLACE, place, "`reply` cannot stand within `" + block + "`")
          .label("the caller is answered once, by a step of the pipeline itself");
      return false;
    }
    if (held.isPresent()) {
      diagnostics
          .error(Code.REPLY_PLACE, place, "there is no caller left to reply to")
          .label(
              "messages are held back in line " + held.get().span().line() + ": reply before that");
      return false;
    }
    if (first.isPresent() && state != State.NOT) {
      diagnostics
          .error(Code.REPLY_TWICE, place, "the caller is answered already")
          .label("by the `reply` in line " + first.get().span().line());
      state = State.SURELY;
      return false;
    }
    first = first.or(() -> Optional.of(place));
    state = context.get("when").isPresent() ? State.MAYBE : State.SURELY;
    return true;
  }

  void add(Reply reply) {
    replies.add(reply);
  }

  boolean hold(Context context, String kind, Place place) {
    String block = context.nest().noBatch();
    if (!block.isEmpty()) {
      diagnostics
          .error(Code.BATCH_PLACE, place, "`" + kind + "` cannot stand within `" + block + "`")
          .label("it holds back whole messages: make it a step of the pipeline itself");
      return false;
    }
    held = held.or(() -> Optional.of(place));
    return true;
  }

  boolean drop(Context context, Place place) {
    String block = context.nest().noFilter();
    if (!block.isEmpty()) {
      diagnostics
          .error(Code.FILTER_PLACE, place, "`filter` cannot stand within `" + block + "`")
          .label("it ends the way of the message: use `when` there");
      return false;
    }
    isDropping |= !context.nest().isItem();
    return true;
  }
}
