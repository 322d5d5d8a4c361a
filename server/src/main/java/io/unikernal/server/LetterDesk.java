package io.unikernal.server;

import io.unikernal.kernel.Letters;
import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers requests about dead letters, of a kernel that runs or of a file alone: {@code {"do":
 * "dlq", "what": "list", "after": 0, "route": …, "code": …, "older_ms": …}}, {@code {"do": "dlq",
 * "what": "show" | "replay" | "drop", "number": …}}.
 */
final class LetterDesk {
  /** Letters in one answer; who wants more asks for those after the last. */
  static final int LIST_MAX = 200;

  private final Letters letters;
  private final World world;
  private final Function<Letters.Stored, Optional<Fault>> replay;

  LetterDesk(Letters letters, World world, Function<Letters.Stored, Optional<Fault>> replay) {
    this.letters = letters;
    this.world = world;
    this.replay = replay;
  }

  Value answer(Value request) {
    return switch (request.fieldText("what")) {
      case "list" -> list(request);
      case "show" -> ControlWords.reply(shown(find(request)));
      case "replay" -> replayed(find(request));
      case "drop" -> ControlWords.reply(Value.Bool.of(letters.remove(number(request))));
      default ->
          throw Fault.of(Fault.Code.NOT_FOUND, "`what` is `list`, `show`, `replay` or `drop`")
              .toException();
    };
  }

  private Value list(Value request) {
    var filter =
        new Letters.Filter(
            text(request, "route"),
            text(request, "code"),
            request.field("older_ms") instanceof Value.Int(var millis)
                ? Optional.of(Duration.ofMillis(millis))
                : Optional.empty());
    long after = request.field("after") instanceof Value.Int(var number) ? number : 0;
    var found = letters.list(filter, after, world.now(), LIST_MAX);
    return ControlWords.reply(new Value.Items(found.stream().map(LetterDesk::shown).toList()));
  }

  private static Optional<String> text(Value request, String name) {
    return Optional.of(request.fieldText(name)).filter(text -> !text.isEmpty());
  }

  private static long number(Value request) {
    return request.field("number") instanceof Value.Int(var number) ? number : -1;
  }

  private Letters.Stored find(Value request) {
    long number = number(request);
    return letters
        .find(number)
        .orElseThrow(() ->
            Fault.of(Fault.Code.NOT_FOUND, "there is no dead letter " + number).toException());
  }

  private Value replayed(Letters.Stored letter) {
    replay
        .apply(letter)
        .ifPresent(fault -> {
          throw fault.toException();
        });
    return ControlWords.reply(Value.Bool.TRUE);
  }

  private static Value shown(Letters.Stored letter) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("number", Value.integer(letter.number()));
    if (letter.shown() instanceof Value.Dict(var known)) {
      fields.putAll(known);
    }
    return new Value.Dict(fields);
  }
}
