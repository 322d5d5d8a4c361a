package io.unikernal.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Listener.Event;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Outcome;
import io.unikernal.model.Plan;
import io.unikernal.model.Reply;
import io.unikernal.model.Route;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no kernel can be made to do in a few lines is written down as it would be seen. */
class InvariantsTest {
  @TempDir private Path folder;
  private final Seen seen = new Seen();
  private final List<Play.Posted> posted = new ArrayList<>();
  private final Set<String> letters = new HashSet<>();

  private Optional<Plan> compiled = Optional.empty();

  @BeforeEach
  void compile() throws Exception {
    Files.writeString(
        folder.resolve("a.udl.yaml"),
        """
        systems:
          web: { type: http, listen: 8080, operations: { ask: { get: /x, returns: int } } }
          one: { type: http, url: "http://a.example", operations: { get: { get: /y, returns: int } } }
          bus:
            type: memory
            operations:
              orders: { receives: { n: int } }
              kept: { accepts: { n: int }, effect: idempotent }
              more: { receives: { n: int } }
        routes:
          - { from: web.ask, to: one.get }
          - { from: bus.orders, to: bus.kept }
          - { from: bus.more, to: bus.kept, order: "${input.n % 2}" }
        """);
    compiled =
        UdlCompiler.compile(folder, AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), true))
            .plan();
    assertThat(plan().routes().get(1).guarantee().ordered()).isTrue();
  }

  private Plan plan() {
    return compiled.orElseThrow();
  }

  private Play.Posted post(int route, Outcome outcome) {
    var input = new Value.Dict(new LinkedHashMap<>(Map.of("n", Value.integer(posted.size()))));
    var sent =
        new Seen.Sent(posted.size(), plan().routes().get(route).from(), input, Duration.ZERO);
    var one = new Play.Posted(sent);
    var given =
        new Play.Given(
            sent, Play.message(sent), new FakeAdapter.Life(), () -> Duration.ofMillis(1));
    one.given.add(given);
    given.settle(outcome);
    seen.sent.add(sent);
    posted.add(one);
    return one;
  }

  private void call(int route, Play.Posted of) {
    var target = (Route.Target.ToOperation) plan().routes().get(route).to();
    seen.begin(target.operation(), of.sent.traceId(), Value.Null.NULL, Duration.ZERO).isDone = true;
  }

  private List<String> broken() {
    var scenario = new Scenario(1, List.of(), List.of());
    var played =
        new Play.Played(
            scenario, seen, posted, List.of(), letters, Optional.empty(), Duration.ZERO);
    return Invariants.broken(plan(), played).stream().map(Invariants.Broken::invariant).toList();
  }

  @Test
  void anAnswerOfAnotherTypeIsFound() {
    call(0, post(0, new Outcome.Done(Reply.of(Value.integer(1)))));
    assertThat(broken()).isEmpty();
    call(0, post(0, new Outcome.Done(Reply.of(Value.text("x")))));
    assertThat(broken()).containsExactly("reply");
  }

  @Test
  void whatIsAcknowledgedAndNeverDoneIsLost() {
    post(0, new Outcome.Done(Reply.of(Value.integer(1))));
    assertThat(broken()).containsExactly("lost");
  }

  @Test
  void whatLiesAmongTheDeadLettersIsNotLost() {
    Play.Posted one = post(0, new Outcome.Done(Reply.of(Value.integer(1))));
    letters.add(one.sent.traceId());
    assertThat(broken()).isEmpty();
    letters.remove(one.sent.traceId());
    // An operation has taken one; that an event says so of the store is no proof that it is there.
    var fault = Fault.of(Fault.Code.REJECTED, "no");
    hear(new Event.MessageFailed("r", "m", one.sent.traceId(), "", fault, Origin.NONE));
    hear(new Event.DeadLettered("r", "m", "store", fault));
    assertThat(broken()).containsExactly("lost");
    hear(new Event.DeadLettered("r", "m", "dead.letters", fault));
    assertThat(broken()).isEmpty();
  }

  private void hear(Event event) {
    seen.heard.add(new Seen.Heard(Duration.ZERO, event));
  }

  @Test
  void aLaterMessageThatComesFirstIsReordered() {
    Play.Posted first = post(1, Outcome.Done.NONE);
    Play.Posted second = post(1, Outcome.Done.NONE);
    Play.Posted third = post(1, Outcome.Done.NONE);
    call(1, first);
    call(1, third);
    assertThat(broken()).containsExactly("lost");
    call(1, second);
    assertThat(broken()).containsExactly("reordered");
  }

  @Test
  void ofMessagesWithAKeyOnlyThoseWithTheSameAreReordered() {
    assertThat(plan().routes().get(2).guarantee().ordered()).isFalse();
    Play.Posted even = post(2, Outcome.Done.NONE);
    Play.Posted odd = post(2, Outcome.Done.NONE);
    Play.Posted evenToo = post(2, Outcome.Done.NONE);
    Play.Posted oddToo = post(2, Outcome.Done.NONE);
    call(2, odd);
    call(2, even);
    call(2, evenToo);
    call(2, oddToo);
    assertThat(broken()).isEmpty();
  }

  @Test
  void aLaterMessageWithTheSameKeyThatComesFirstIsReordered() {
    Play.Posted even = post(2, Outcome.Done.NONE);
    Play.Posted odd = post(2, Outcome.Done.NONE);
    Play.Posted evenToo = post(2, Outcome.Done.NONE);
    call(2, evenToo);
    call(2, odd);
    call(2, even);
    assertThat(broken()).containsExactly("reordered");
  }
}
