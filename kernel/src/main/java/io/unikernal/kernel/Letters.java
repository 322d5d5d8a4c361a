package io.unikernal.kernel;

import io.unikernal.kernel.step.Letter;
import io.unikernal.model.Cbor;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Labels;
import io.unikernal.model.Message;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.StateStore.Journal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The dead letters that the state store keeps: each message with what it failed with, until it is
 * replayed or dropped. Values with a label are masked before they are written, unless the store is
 * sealed: such a letter can be looked at, and not replayed.
 */
public final class Letters {
  private static final String JOURNAL = "dead letters";
  private static final int PAGE = 256;

  /** The body as people may see it, where that is another one. */
  private static final String SHOWN = "shown";

  /** Headers that prove who somebody is. */
  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "proxy-authorization", "cookie", "x-api-key");

  private final Journal journal;
  private final boolean isSealed;

  public Letters(StateStore state) {
    journal = state.journal(JOURNAL);
    isSealed = state.isSealed();
  }

  /**
   * Which letters are meant; what is empty is not asked.
   *
   * @param code as faults write it, in any case
   * @param olderThan since it failed
   */
  public record Filter(
      Optional<String> route, Optional<String> code, Optional<Duration> olderThan) {
    public static final Filter ALL =
        new Filter(Optional.empty(), Optional.empty(), Optional.empty());

    boolean takes(Stored letter, Instant now) {
      return route.map(letter.route()::equals).orElse(true)
          && code.map(wanted -> wanted.equalsIgnoreCase(letter.code())).orElse(true)
          && olderThan
              .map(age -> !Kept.moment(letter.fields().field("failed_at")).plus(age).isAfter(now))
              .orElse(true);
    }
  }

  /** A letter as it lies there. */
  public record Stored(long number, Value fields) {
    public String route() {
      return fields.fieldText("route");
    }

    public String code() {
      return fields.field("fault").fieldText("code");
    }

    public boolean isMasked() {
      return fields.field("masked") == Value.Bool.TRUE;
    }

    /** What people may see of it: labelled values are masked. */
    public Value shown() {
      var shown = new LinkedHashMap<String, Value>();
      if (fields instanceof Value.Dict(var known)) {
        shown.putAll(known);
      }
      shown.remove(Kept.CLAIMS); // kept to send it again as who sent it, not to be read
      Optional.ofNullable(shown.remove(SHOWN)).ifPresent(body -> shown.put("body", body));
      return new Value.Dict(shown);
    }

    Message message(String operation, Type type) {
      return Kept.message(fields, operation, type);
    }

    int attempts() {
      return Kept.number(fields.field("attempts"));
    }
  }

  void put(Letter letter, Type type) {
    journal.append(write(letter, type));
  }

  /** Out of an outbox, in one change. */
  void move(Journal from, long number, Letter letter, Type type) {
    from.move(number, journal, write(letter, type));
  }

  /** The same for a record that is no message any more: its body is kept as it is. */
  void moveRaw(Journal from, long number, byte[] record, String route, Fault fault) {
    var fields = new LinkedHashMap<String, Value>();
    if (Cbor.read(record, 0, record.length) instanceof Value.Dict(var known)) {
      fields.putAll(known);
    }
    fields.put("route", Value.text(route));
    fields.put("fault", fault(fault, "", ""));
    fields.put("masked", Value.Bool.FALSE);
    fields.put("failed_at", fields.getOrDefault("received_at", Value.Absent.ABSENT));
    from.move(number, journal, Cbor.write(new Value.Dict(fields)));
  }

  /** It was tried again and failed again. */
  void replace(long number, Letter letter, Type type) {
    journal.replace(number, write(letter, type));
  }

  /** False if somebody else has removed it. */
  public boolean remove(long number) {
    return journal.remove(number);
  }

  public long size() {
    return journal.size();
  }

  /** The first that are meant, oldest first, of those after a number: there may be many. */
  public List<Stored> list(Filter filter, long after, Instant now, int max) {
    var found = new ArrayList<Stored>();
    long from = after + 1;
    for (var page = journal.read(from, PAGE); !page.isEmpty(); page = journal.read(from, PAGE)) {
      for (var entry : page) {
        from = entry.number() + 1;
        var letter = read(entry);
        if (filter.takes(letter, now)) {
          found.add(letter);
          if (found.size() == max) {
            return List.copyOf(found);
          }
        }
      }
    }
    return List.copyOf(found);
  }

  /** The same from the beginning. */
  public List<Stored> list(Filter filter, Instant now, int max) {
    return list(filter, 0, now, max);
  }

  public Optional<Stored> find(long number) {
    var found = journal.read(number, 1);
    return found.isEmpty() || found.getFirst().number() != number
        ? Optional.empty()
        : Optional.of(read(found.getFirst()));
  }

  private static Stored read(StateStore.Entry entry) {
    return new Stored(entry.number(), Cbor.read(entry.record(), 0, entry.record().length));
  }

  private byte[] write(Letter letter, Type type) {
    var fields = Kept.fields(letter.message(), letter.receivedAt());
    Value body = letter.message().body().value();
    boolean isLabelled = Labels.isWithin(type);
    boolean isMasked = isLabelled && !isSealed;
    if (isLabelled) {
      byte[] masked = Json.masked(body, type).getBytes(StandardCharsets.UTF_8);
      fields.put(isMasked ? "body" : SHOWN, Json.read(masked, Json.Limits.EXACT));
    }
    if (isMasked) {
      fields.remove(Kept.CLAIMS); // it is not sent again, so they are of no use to it
    }
    fields.put("headers", headers(letter.message()));
    fields.put("route", Value.text(letter.route()));
    fields.put("operation", Value.text(letter.message().operation()));
    fields.put("fault", fault(letter.fault(), letter.step(), letter.operation()));
    fields.put("attempts", Value.integer(letter.attempts()));
    fields.put("failed_at", new Value.Timestamp(letter.failedAt()));
    fields.put("masked", Value.Bool.of(isMasked));
    try {
      return Cbor.write(new Value.Dict(fields));
    } catch (FaultException _) {
      // A value that the profile cannot hold: what can be said of the message is kept all the same.
      fields.put("body", Value.text(body.toString()));
      fields.remove(Kept.CLAIMS);
      fields.put("masked", Value.Bool.TRUE);
      return Cbor.write(new Value.Dict(fields));
    }
  }

  private static Value headers(Message message) {
    var headers = new LinkedHashMap<String, Value>();
    message
        .headers()
        .forEach((name, text) ->
            headers.put(name, Value.text(CREDENTIALS.contains(name) ? "***" : text)));
    return new Value.Dict(headers);
  }

  private static Value fault(Fault fault, String step, String operation) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("code", Value.text(fault.code().name().toLowerCase(Locale.ROOT)));
    fields.put("message", Value.text(fault.message()));
    fields.put("step", Value.text(step));
    fields.put("operation", Value.text(operation));
    return new Value.Dict(fields);
  }
}
