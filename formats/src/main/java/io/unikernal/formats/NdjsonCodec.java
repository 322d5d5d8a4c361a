package io.unikernal.formats;

import io.unikernal.formats.Faults.Place;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.Wanted;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Records;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines of JSON. Each is read by its type, so that decimals never go through a double. */
enum NdjsonCodec implements Codec, Records {
  INSTANCE;

  @Override
  public Value read(byte[] bytes, Reading reading) {
    Type core = reading.type().core();
    boolean isList = core == Type.Simple.ANY || Texts.isList(core);
    var limits = reading.limits();
    var each =
        new Reading(
            isList ? Texts.element(core) : reading.type(),
            reading.extra(),
            reading.charset(),
            new Limits(limits.depthMax(), limits.itemsMax(), limits.fieldsMax(), Integer.MAX_VALUE),
            Wanted.ALL);
    var violations = new ArrayList<Fault.Violation>();
    List<Value> items = all(new Lines(new ByteArrayInputStream(bytes), each), limits, violations);
    if (!violations.isEmpty()) {
      throw Fault.invalid("the body does not fit its type", violations).toException();
    }
    if (isList) {
      // Once more as a whole: a list may have bounds of its own.
      return core == Type.Simple.ANY
          ? new Value.Items(items)
          : Sequences.fit(new Value.Items(items), reading);
    }
    if (items.isEmpty() && reading.type().isMaybe()) {
      return Value.Absent.ABSENT;
    }
    if (items.size() != 1) {
      throw Faults.invalid("the body holds " + items.size() + " records where one is wanted");
    }
    return items.getFirst();
  }

  private static List<Value> all(Lines lines, Limits limits, List<Fault.Violation> violations) {
    var items = new ArrayList<Value>();
    try (lines) {
      while (true) {
        try {
          Optional<Value> item = lines.next();
          if (item.isEmpty()) {
            return items;
          }
          items.add(item.get());
        } catch (FaultException e) {
          if (e.fault().code() != Fault.Code.INVALID) {
            throw e;
          }
          if (violations.size() < VIOLATIONS_MAX) {
            violations.addAll(e.fault().violations());
          }
        }
        if (items.size() > limits.itemsMax()) {
          throw Faults.tooLarge(
              "the body holds more than " + limits.itemsMax() + " records",
              Place.of(lines.position));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be read", e);
    }
  }

  private static final int VIOLATIONS_MAX = 100;

  @Override
  public byte[] write(Value value, Type type) {
    var out = new ByteArrayOutputStream();
    Sequences.records(value).forEach(one -> line(one, out));
    return out.toByteArray();
  }

  private static void line(Value one, ByteArrayOutputStream out) {
    out.writeBytes(Json.write(one));
    out.write('\n');
  }

  @Override
  public Optional<Records> records() {
    return Optional.of(this);
  }

  @Override
  public Reader reader(InputStream in, Reading reading) {
    return new Lines(new BufferedInputStream(in), reading);
  }

  @Override
  public Writer writer(OutputStream out, Type element, boolean isContinued) {
    var buffered = new BufferedOutputStream(out);
    return new Writer() {
      @Override
      public void write(Value one) throws IOException {
        buffered.write(Json.write(one));
        buffered.write('\n');
      }

      @Override
      public void flush() throws IOException {
        buffered.flush();
      }

      @Override
      public void close() throws IOException {
        buffered.flush();
      }
    };
  }

  /** One line in memory at a time. */
  private static final class Lines implements Reader {
    private final InputStream in;
    private final Reading reading;
    private long position;
    private long line;
    private long index;
    private boolean isBroken;

    Lines(InputStream in, Reading reading) {
      this.in = in;
      this.reading = reading;
      reading
          .charset()
          .filter(it -> !isUtf8(it))
          .ifPresent(it -> {
            throw Fault.of(Fault.Code.UNSUPPORTED, "NDJSON is in UTF-8, not in " + it)
                .toException();
          });
    }

    private static boolean isUtf8(Charset charset) {
      return charset.equals(StandardCharsets.UTF_8) || charset.equals(StandardCharsets.US_ASCII);
    }

    @Override
    public Optional<Value> next() throws IOException {
      if (isBroken) {
        return Optional.empty();
      }
      var text = new ByteArrayOutputStream();
      while (true) {
        long start = position;
        text.reset();
        boolean isEnd = !line(text);
        byte[] bytes = text.toByteArray();
        if (!isBlank(bytes)) {
          return Optional.of(value(bytes, start));
        }
        if (isEnd) {
          return Optional.empty();
        }
      }
    }

    /** Takes a line without its end, and answers whether it has one. */
    private boolean line(ByteArrayOutputStream text) throws IOException {
      line++;
      for (int sign = in.read(); sign >= 0; sign = in.read()) {
        position++;
        if (sign == '\n') {
          return true;
        }
        text.write(sign);
        if (text.size() > reading.limits().recordMax()) {
          isBroken = true;
          throw Faults.tooLarge(
              "a line is longer than " + reading.limits().recordMax() + " bytes",
              new Place(position, line, text.size()));
        }
      }
      return false;
    }

    private static boolean isBlank(byte[] bytes) {
      for (byte sign : bytes) {
        if (sign != ' ' && sign != '\t' && sign != '\r') {
          return false;
        }
      }
      return true;
    }

    private Value value(byte[] bytes, long start) {
      long at = index++;
      try {
        return read(bytes);
      } catch (FaultException e) {
        Fault fault = e.fault();
        if (fault.code() == Fault.Code.INVALID) {
          throw Faults.inRecord(fault, at).toException();
        }
        isBroken = true;
        long within =
            fault.details().field("position") instanceof Value.Int(var number) ? number : 0;
        String said = fault.message().replaceFirst(" at byte \\d+", "");
        Place place = new Place(start + within, line, within + 1);
        throw fault.code() == Fault.Code.TOO_LARGE
            ? Faults.tooLarge(said, place)
            : Faults.malformed(said, place);
      }
    }

    private Value read(byte[] bytes) {
      Type type = reading.type();
      var limits =
          new Json.Limits(reading.limits().depthMax(), Json.Limits.DEFAULT.numberLengthMax());
      if (type == Type.Simple.ANY) {
        return Json.read(bytes, limits);
      }
      Conform.Extra extra = reading.extra();
      return Json.read(bytes, type, extra, limits);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
