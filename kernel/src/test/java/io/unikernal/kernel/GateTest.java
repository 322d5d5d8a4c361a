package io.unikernal.kernel;

import static io.unikernal.kernel.Def.rule;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Policy;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Access, conditions of the author's, limits by key, quotas and samples. */
class GateTest extends SimulatedKernel {
  private final Fakes.Worker worker = Fakes.Worker.echo();

  private void guarded(Policy... policies) {
    def.route(in(), def.called("db.save", worker), policies);
  }

  private static Policy.Access access(List<String> allow, Optional<Policy.Rule> when) {
    return new Policy.Access(allow, List.of(), when, Def.HERE);
  }

  @Test
  void whoHasNoRoleThatIsAllowedIsRefusedAndThatIsRecorded() {
    guarded(access(List.of("admin"), Optional.empty()));
    running(_ -> {
      var fault = web.send(text("x")).fault();
      assertThat(fault.code()).isEqualTo(Code.FORBIDDEN);
      assertThat(fault.message()).isEqualTo("the caller may not use `web.in`");
    });
    assertThat(worker.calls).isEmpty();
    assertThat(heard(Listener.Event.Refused.class))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.who().name()).isEqualTo("anonymous");
          assertThat(event.why()).startsWith("access of web.in -> db.save: ");
          assertThat(event.operation()).isEqualTo("web.in");
        });
  }

  @Test
  void whoHasARoleThatIsAllowedIsLetInUnlessAnotherOfHisIsDenied() {
    guarded(new Policy.Access(List.of("admin"), List.of("banned"), Optional.empty(), Def.HERE));
    runningKnown(
        new MemoryState(world),
        _ -> {
          assertThat(web.send(Known.sent("ann:admin", text("x"))).reply()).isEqualTo(text("x"));
          for (var who : List.of("bob:user", "cid:admin,banned", "dan")) {
            var fault = web.send(Known.sent(who, text("y"))).fault();
            assertThat(fault.code()).as(who).isEqualTo(Code.FORBIDDEN);
          }
        });
    assertThat(worker.calls)
        .singleElement()
        .satisfies(call -> {
          assertThat(call.principal().name()).isEqualTo("ann");
          assertThat(call.principal().identity()).isEqualTo("first");
        });
    assertThat(heard(Listener.Event.Refused.class))
        .extracting(event -> event.who().name())
        .containsExactly("bob", "cid", "dan");
  }

  @Test
  void aConditionOfAccessLooksAtTheMessage() {
    guarded(access(List.of(), Optional.of(rule(input -> Value.Bool.of(input.equals(text("me")))))));
    running(_ -> {
      assertThat(web.send(text("me")).reply()).isEqualTo(text("me"));
      assertThat(web.send(text("you")).fault().code()).isEqualTo(Code.FORBIDDEN);
    });
  }

  @Test
  void aRefusedMessageIsNoDeadLetter() {
    var letters = new Fakes.Store();
    def.deadLetters(def.called("dead.letters", letters));
    guarded(access(List.of("admin"), Optional.empty()));
    running(_ -> web.send(text("x")).fault());
    assertThat(letters.taken).isEmpty();
  }

  @Test
  void aCustomPolicyTellsTheCallerItsOwnWords() {
    guarded(
        new Policy.Custom(
            rule(input -> Value.Bool.of(input.equals(text("much")))),
            rule(input -> text("not " + ((Value.Text) input).value())),
            Def.HERE));
    running(_ -> {
      web.send(text("little")).reply();
      var fault = web.send(text("much")).fault();
      assertThat(fault.code()).isEqualTo(Code.FORBIDDEN);
      assertThat(fault.message()).isEqualTo("not much");
    });
  }

  @Test
  void eachKeyHasItsOwnLimit() {
    guarded(
        new Policy.RateLimit(
            2,
            Duration.ofSeconds(1),
            2,
            Optional.of(rule(input -> input)),
            Policy.Scope.NODE,
            "",
            Def.HERE));
    running(_ -> {
      for (var who : List.of("ann", "bob")) {
        web.send(text(who)).reply();
        web.send(text(who)).reply();
        assertThat(web.send(text(who)).fault().code()).isEqualTo(Code.OVERLOADED);
      }
      world.sleep(Duration.ofMillis(500));
      web.send(text("ann")).reply();
      assertThat(web.send(text("ann")).fault().code()).isEqualTo(Code.OVERLOADED);
    });
  }

  @Test
  void aQuotaCountsPerPeriodOfTheCalendarAndOverRestarts() {
    guarded(
        new Policy.Quota(2, Policy.Period.DAY, Optional.empty(), Policy.Scope.NODE, "", Def.HERE));
    var state = new MemoryState(world);
    world.run(() -> {
      for (int day = 0; day < 2; day++) {
        for (int i = 0; i < 2; i++) {
          try (var kernel =
              Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, state))) {
            kernel.start();
            web.send(text("x")).reply();
          }
        }
        try (var kernel =
            Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, state))) {
          kernel.start();
          var fault = web.send(text("x")).fault();
          assertThat(fault.code()).isEqualTo(Code.OVERLOADED);
          assertThat(fault.message()).isEqualTo("`web.in` takes at most 2 in a day");
          var midnight = Instant.parse("2026-01-0" + (day + 2) + "T00:00:00Z");
          var left = Duration.between(world.now(), midnight);
          assertThat(fault.details().fields().get(Fault.RETRY_AFTER_MS))
              .isEqualTo(Value.integer(left.toMillis()));
          world.sleep(left);
        }
      }
    });
  }

  @Test
  void whoSharesTheStoreSharesALimitOfTheCluster() {
    guarded(
        new Policy.RateLimit(
            3,
            Duration.ofSeconds(1),
            3,
            Optional.of(rule(input -> input)),
            Policy.Scope.CLUSTER,
            "",
            Def.HERE));
    var state = new MemoryState(world);
    world.run(() -> {
      int taken = 0;
      for (int node = 0; node < 5; node++) {
        try (var kernel =
            Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, state))) {
          kernel.start();
          taken += web.send(text("ann")).await() instanceof Outcome.Done ? 1 : 0;
        }
      }
      assertThat(taken).isEqualTo(3);
      world.sleep(Duration.ofSeconds(1));
      try (var kernel =
          Kernel.open(def.plan(), def.adapters(), new Site(world, events::add, state))) {
        kernel.start();
        web.send(text("ann")).reply();
      }
    });
  }

  @Test
  void aSampleTakesItsShareAndTheSameKeysEachTime() {
    guarded(new Policy.Sample(0.3, Optional.of(rule(input -> input)), Def.HERE));
    running(_ -> {
      int taken = 0;
      for (int i = 0; i < 1000; i++) {
        var first = web.send(text("k" + i)).await();
        assertThat(web.send(text("k" + i)).await()).isEqualTo(first);
        taken += first instanceof Outcome.Done ? 1 : 0;
      }
      assertThat(taken).isBetween(250, 350);
    });
    assertThat(worker.calls.size()).isBetween(500, 700);
  }

  private static final Type.Record ORDER =
      new Type.Record(
          "Order",
          List.of(
              Type.Field.of("qty", Type.Int.ANY_INT),
              Type.Field.of("price", new Type.Decimal(12, 2)),
              Type.Field.of("paid", Type.Simple.BOOL)));

  private static Value order(Object... pairs) {
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put((String) pairs[i], (Value) pairs[i + 1]);
    }
    return new Value.Dict(fields);
  }

  private void validated(Policy.Mode mode) {
    def.route(
        def.operation("web.in", Operation.Direction.RECEIVES, ORDER, Type.Simple.ANY, web),
        def.called("db.save", worker),
        new Policy.Validate(mode, Def.HERE));
  }

  private static final Value NEARLY =
      order(
          "qty", text("3"),
          "price", new Value.Real(9.5),
          "paid", text("true"),
          "more", text("x"));

  @Test
  void aLenientRouteTakesWhatStandsForTheSameKeepsTheRestAndSaysWhere() {
    validated(Policy.Mode.LENIENT);
    running(_ -> {
      var taken = (Rec) web.send(NEARLY).reply();
      assertThat(taken.get("qty")).isEqualTo(Value.integer(3));
      assertThat(taken.get("price")).isEqualTo(Value.decimal("9.50"));
      assertThat(taken.get("paid")).isEqualTo(Value.Bool.TRUE);
      assertThat(taken.extras()).containsEntry("more", text("x"));
    });
    assertThat(heard(Listener.Event.Coerced.class))
        .singleElement()
        .satisfies(event -> assertThat(event.paths()).containsExactly("qty", "paid"));
  }

  @Test
  void whatStandsForNothingOfTheTypeIsRefusedByALenientRouteToo() {
    validated(Policy.Mode.LENIENT);
    running(_ -> {
      var fault =
          web.send(order("qty", text("3.5"), "price", text("a"), "paid", text("yes"))).fault();
      assertThat(fault.code()).isEqualTo(Code.INVALID);
      assertThat(fault.violations()).extracting(v -> v.path()).contains("qty", "price", "paid");
    });
  }

  @Test
  void aStrictRouteRefusesFieldsThatTheTypeHasNot() {
    validated(Policy.Mode.STRICT);
    running(_ -> {
      var fault =
          web.send(
                  order(
                      "qty", Value.integer(3),
                      "price", Value.decimal("1.00"),
                      "paid", Value.Bool.TRUE,
                      "more", text("x")))
              .fault();
      assertThat(fault.violations())
          .extracting(v -> v.path() + ": " + v.rule())
          .containsExactly("more: unknown field");
    });
  }

  @Test
  void aRouteThatIsOffComparesNothing() {
    validated(Policy.Mode.OFF);
    running(_ -> assertThat(web.send(NEARLY).reply()).isEqualTo(NEARLY));
  }
}
