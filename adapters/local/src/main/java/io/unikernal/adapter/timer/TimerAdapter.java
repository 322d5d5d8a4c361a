package io.unikernal.adapter.timer;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.SystemContext;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Emits a message every so often, or at the times of a cron expression. */
public final class TimerAdapter implements Inspects {
  static final Field<Duration> EVERY =
      Field.duration("every", "The time from one message to the next; the first comes after it.")
          .optional()
          .example("10s");

  static final Field<String> CRON =
      Field.text(
              "cron",
              "Five fields (minute hour day month weekday), or six with seconds first. Each takes"
                  + " *, numbers, names, ranges a-b, steps /n and lists a,b. When day and weekday"
                  + " are both given, either may fit.")
          .optional()
          .example("\"*/5 * * * *\"")
          .example("\"0 30 8 * * mon-fri\"");

  static final Field<String> ZONE =
      Field.text(
              "zone",
              "The time zone of `cron`. A time that a clock change leaves out comes right after the"
                  + " gap; one that comes twice counts the first time. With * for the hour neither happens.")
          .or("UTC")
          .example("Europe/Berlin");

  /** What each message holds. */
  static final Type.Record TICK =
      new Type.Record(
          "Tick",
          List.of(
              Type.Field.of("scheduled_at", Type.Simple.TIMESTAMP),
              Type.Field.of("sequence", Type.Int.ANY_INT)));

  private static final Duration EVERY_MIN = Duration.ofMillis(1);

  private static final Set<Capability> CAPABILITIES =
      Collections.unmodifiableSet(EnumSet.of(Capability.ORDERED));

  private static final String EVERY_EXAMPLE =
      """
      udl: 7
      types:
        Beat: { at: timestamp, number: int }
      systems:
        clock:
          type: timer
          operations:
            heartbeat: { every: 10s }
        log:
          type: file
          path: ./out
          operations:
            write: { append: beats.jsonl, accepts: Beat }
      routes:
        - from: clock.heartbeat
          to: note
      pipelines:
        note:
          input: { scheduled_at: timestamp, sequence: int }
          steps:
            - system: log.write
              with: { at: "${input.scheduled_at}", number: "${input.sequence}" }
      """;

  private static final String CRON_EXAMPLE =
      """
      udl: 7
      systems:
        clock:
          type: timer
          operations:
            workdays: { cron: "30 8 * * mon-fri", zone: Europe/Berlin }
        log:
          type: file
          path: ./out
          operations:
            write: { append: reports.jsonl }
      routes:
        - from: clock.workdays
          to: log.write
      """;

  private static final AdapterSpec SPEC =
      new AdapterSpec(
          "timer",
          List.of(),
          AdapterSpec.Stability.BETA,
          "Messages at times. A tick that comes while the one before is not taken yet replaces it:"
              + " missed ticks become one, with the time and number of the last.",
          ConfigSpec.NONE,
          ConfigSpec.of(EVERY, CRON, ZONE),
          TimerAdapter::shape,
          List.of(
              new AdapterSpec.Example("A heartbeat", EVERY_EXAMPLE),
              new AdapterSpec.Example("On workdays at half past eight", CRON_EXAMPLE)));

  @Override
  public AdapterSpec spec() {
    return SPEC;
  }

  @Override
  public OpenSystem open(SystemContext context) {
    return new TimerSystem(context);
  }

  @Override
  public Inspection inspect(Request request) {
    return new Inspection.Nothing();
  }

  private static OperationRule.Result shape(String name, Config operation, Config system) {
    if (operation.has(EVERY) == operation.has(CRON)) {
      return refused("", "a timer has either `every` or `cron`", "write every: 10s");
    }
    if (operation.has(EVERY) && operation.get(EVERY).compareTo(EVERY_MIN) < 0) {
      return refused("every", "`every` must be at least 1ms", "write every: 10s");
    }
    if (operation.has(EVERY) && operation.has(ZONE)) {
      return refused("zone", "`zone` belongs to `cron`", "leave it out");
    }
    try {
      var unused = ZoneId.of(operation.get(ZONE));
    } catch (DateTimeException _) {
      return refused("zone", "there is no such time zone", "write it as Europe/Berlin or UTC");
    }
    if (operation.has(CRON)
        && Cron.parse(operation.get(CRON))
            instanceof Cron.Result.Wrong(int at, var why, var hint)) {
      return refused("cron", why + " (at character " + (at + 1) + ")", hint);
    }
    return new OperationRule.Result.Shaped(
        Operation.Direction.RECEIVES, TICK, Type.Simple.NULL, Effect.UNKNOWN, CAPABILITIES, "");
  }

  private static OperationRule.Result refused(String field, String message, String hint) {
    return new OperationRule.Result.Refused(
        List.of(new OperationRule.Problem(field, message, hint)));
  }
}
