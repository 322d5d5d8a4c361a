package io.unikernal.formats;

import io.unikernal.formats.Faults.Place;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec.Reading;
import io.unikernal.spi.Records;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whole documents that are sequences of records, by way of reading and writing one by one. */
final class Sequences {
  private Sequences() {}

  /**
   * A source of values whose texts stand for what their type says, but which are not fitted yet.
   */
  interface Raw extends AutoCloseable {
    Optional<Value> next() throws IOException;

    /** Where it stands, in bytes. */
    long position();

    @Override
    void close() throws IOException;
  }

  /** The document as its type: a list of all records, or the one that there must be. */
  static Value read(Raw raw, Reading reading) {
    List<Value> items = all(raw, reading.limits().itemsMax());
    Type core = reading.type().core();
    Value value;
    if (core == Type.Simple.ANY || Texts.isList(core)) {
      value = new Value.Items(items);
    } else if (items.size() == 1) {
      value = items.getFirst();
    } else if (items.isEmpty() && reading.type().isMaybe()) {
      value = Value.Absent.ABSENT;
    } else {
      throw Faults.invalid("the body holds " + items.size() + " records where one is wanted");
    }
    return fit(value, reading);
  }

  private static List<Value> all(Raw raw, int itemsMax) {
    var items = new ArrayList<Value>();
    try (raw) {
      for (var item = raw.next(); item.isPresent(); item = raw.next()) {
        if (items.size() == itemsMax) {
          throw Faults.tooLarge(
              "the body holds more than " + itemsMax + " records", Place.of(raw.position()));
        }
        items.add(item.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be read", e);
    }
    return items;
  }

  /** As reading JSON says it. */
  static Value fit(Value value, Reading reading) {
    return switch (Conform.check(reading.type(), value, reading.extra())) {
      case Conform.Result.Fits(var fitted) -> fitted;
      case Conform.Result.Breaks(var violations) ->
          throw Fault.invalid("the body does not fit its type", violations).toException();
    };
  }

  /** Each record fitted to its type by itself. */
  static Records.Reader fitted(Raw raw, Reading reading) {
    return new Records.Reader() {
      private long index;

      @Override
      public Optional<Value> next() throws IOException {
        Optional<Value> value = raw.next();
        if (value.isEmpty()) {
          return value;
        }
        long at = index++;
        try {
          return Optional.of(fit(value.get(), reading));
        } catch (FaultException e) {
          throw Faults.inRecord(e.fault(), at).toException();
        }
      }

      @Override
      public void close() throws IOException {
        raw.close();
      }
    };
  }

  /** What is to be written: the records of a list, or the one that it is. */
  static List<Value> records(Value value) {
    if (value instanceof Value.Items(var items)) {
      return items;
    }
    return value == Value.Absent.ABSENT ? List.of() : List.of(value);
  }
}
