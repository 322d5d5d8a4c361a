package io.unikernal.kernel;

import static io.unikernal.kernel.Def.call;
import static io.unikernal.kernel.Def.constant;
import static io.unikernal.kernel.Def.head;
import static io.unikernal.kernel.Def.retry;
import static io.unikernal.kernel.Def.when;
import static io.unikernal.model.Value.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.explain.Note;
import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.kernel.explain.Story.Whole;
import io.unikernal.kernel.explain.Told;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.FaultException;
import io.unikernal.model.Step;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is remembered of a message, and of how many. */
class StoriesTest extends SimulatedKernel {

  private static Whole only(Kernel kernel) {
    var all = kernel.stories().last(10, false);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private static List<String> names(Told told) {
    return told.parts().stream().map(Told::name).toList();
  }

  @Test
  void aFailedMessageIsRememberedWithItsStepsItsAttemptsAndTheirTimes() {
    var flaky =
        new Fakes.Worker((request, _) -> {
          world.sleep(millis(20));
          throw Fault.of(Code.DISCONNECTED, "gone").toException();
        });
    def.pipeline(
        "p",
        List.of(
            Def.set("first", 0, text("a")),
            new Step.Set(when(head("never", 1), constant(Value.Bool.FALSE)), constant(text("b"))),
            call("save", 2, def.called("db.save", flaky), retry(2, millis(100)))),
        List.of());
    def.route(in(), "p");
    running(kernel -> {
      web.send(text("x")).fault();
      var story = only(kernel);
      assertThat(story.ending()).isEqualTo(Ending.FAILED);
      assertThat(story.route()).isEqualTo("web.in -> p");
      assertThat(story.way().fault().orElseThrow().code()).isEqualTo(Code.DISCONNECTED);
      assertThat(names(story.way())).containsExactly("first", "never", "save");
      assertThat(story.way().parts().get(1).notes())
          .containsExactly(new Note.Skipped("never", Def.HERE));
      var save = story.way().parts().get(2);
      assertThat(save.tookNanos()).isEqualTo(millis(140).toNanos());
      assertThat(names(save)).containsExactly("db.save", "db.save");
      assertThat(save.parts().get(1).atNanos()).isEqualTo(millis(120).toNanos());
      assertThat(save.parts()).allMatch(one -> one.kind() == Span.Kind.CALL && one.isEnded());
      assertThat(save.notes()).hasSize(2).allMatch(Note.TriedAgain.class::isInstance);
      assertThat(((Note.TriedAgain) save.notes().get(1)).isLast()).isTrue();
      assertThat(kernel.stories().find(story.traceId())).containsExactly(story);
      assertThat(kernel.stories().find(story.messageId())).containsExactly(story);
      assertThat(kernel.stories().find("another")).isEmpty();
    });
  }

  @Test
  void aMessageThatNoRouteTakesIsRememberedWithTheRoutesThatDidNot() {
    var in = in();
    def.routeWhen(in, value -> value.equals(text("a")), def.called("db.a", Fakes.Worker.echo()));
    def.routeWhen(in, value -> value.equals(text("b")), def.called("db.b", Fakes.Worker.echo()));
    running(kernel -> {
      web.send(text("x")).fault();
      assertThat(only(kernel).way().notes())
          .containsExactly(
              new Note.Considered("web.in -> db.a", false, Def.HERE),
              new Note.Considered("web.in -> db.b", false, Def.HERE));
    });
  }

  @Test
  void allAreRememberedWhereThatIsAskedForAndNoneWhereNothingIs() {
    def.route(in(), def.called("db.save", Fakes.Worker.echo()));
    running(kernel -> {
      kernel.stories().record(Stories.Mode.OFF);
      web.send(text("x")).reply();
      assertThat(kernel.stories().last(10, false)).isEmpty();
      kernel.stories().record(Stories.Mode.ALL);
      web.send(text("y")).reply();
      assertThat(only(kernel).ending()).isEqualTo(Ending.DELIVERED);
      assertThat(names(only(kernel).way())).containsExactly("db.save");
      assertThat(kernel.stories().last(10, true)).isEmpty();
    });
  }

  @Test
  void ofThoseThatSucceedASampleIsRememberedAndTheOldestOfTooManyAreForgotten() {
    def.route(in(), def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 1_500)));
    running(kernel -> {
      for (int i = 0; i < 1_500 + 10 * Stories.SAMPLED_ONE_IN; i++) {
        web.send(text("" + i)).await();
      }
      var failed = kernel.stories().last(Integer.MAX_VALUE, true);
      assertThat(failed)
          .hasSize(Stories.KEPT_MAX)
          .isSortedAccordingTo((a, b) -> b.at().compareTo(a.at()));
      int sampled = kernel.stories().last(Integer.MAX_VALUE, false).size() - Stories.KEPT_MAX;
      assertThat(sampled).isBetween(1, 40);
    });
  }

  @Test
  void aMessageWithTooManyPartsIsRememberedWithTheFirstOfThem() {
    def.pipeline(
        "p",
        List.of(
            Def.each(
                head("each", 0),
                Def.eval(_ -> new Value.Items(Collections.nCopies(600, text("i")))),
                1,
                true,
                List.of(Def.set("one", 1, text("v")))),
            call("save", 2, def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 9)))),
        List.of());
    def.route(in(), "p");
    running(kernel -> {
      web.send(text("x")).fault();
      var story = only(kernel);
      assertThat(story.way().parts().getFirst().parts()).hasSize(499);
      assertThat(story.leftOut()).isGreaterThan(100);
    });
  }

  @Test
  void aMessageOnItsWayShowsWhereItIs() {
    def.pipeline("p", List.of(Def.wait(0, Duration.ofMinutes(1))), List.of());
    def.route(in(), "p");
    running(kernel -> {
      var sent = web.send(text("x"));
      world.sleep(millis(500));
      assertThat(kernel.inFlight()).hasSize(1);
      var story = kernel.inFlight().getFirst();
      assertThat(story.ending()).isEqualTo(Ending.UNDER_WAY);
      assertThat(names(story.way())).containsExactly("wait");
      assertThat(story.way().parts().getFirst().isEnded()).isFalse();
      sent.await();
      assertThat(kernel.inFlight()).isEmpty();
    });
  }

  @Test
  void aCallFromOutsideAnyRouteIsRememberedToo() {
    def.called("db.save", Fakes.Worker.failing(Code.REJECTED, 1));
    running(kernel -> {
      try {
        kernel.call("db.save", text("x"), Deadline.NONE, Optional.empty());
      } catch (FaultException expected) {
        assertThat(expected.fault().code()).isEqualTo(Code.REJECTED);
      }
      assertThat(only(kernel).operation()).isEqualTo("db.save");
      assertThat(only(kernel).ending()).isEqualTo(Ending.FAILED);
    });
  }

  @Test
  void failuresOfOneKindAreOneErrorWithItsCountAndItsLast() {
    def.pipeline(
        "p",
        List.of(
            call(
                "save",
                0,
                def.called(
                    "db.save",
                    new Fakes.Worker((request, number) -> {
                      throw Fault.of(number == 3 ? Code.TIMEOUT : Code.REJECTED, "no " + number)
                          .toException();
                    })))),
        List.of());
    def.route(in(), "p");
    running(kernel -> {
      for (int i = 0; i < 4; i++) {
        web.send(text("x")).fault();
        world.sleep(millis(10));
      }
      assertThat(kernel.errors()).hasSize(2);
      var most = kernel.errors().getFirst();
      assertThat(most.count()).isEqualTo(3);
      assertThat(most.step()).isEqualTo("save");
      assertThat(most.code()).isEqualTo(Code.REJECTED);
      assertThat(most.message()).isEqualTo("no 4");
      assertThat(Duration.between(most.first(), most.last())).isEqualTo(millis(30));
      assertThat(kernel.stories().find(most.traceId())).hasSize(1);
    });
  }
}
