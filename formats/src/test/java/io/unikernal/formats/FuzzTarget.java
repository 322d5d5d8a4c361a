package io.unikernal.formats;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Codec.Reading;
import io.unikernal.spi.Formats;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What Jazzer calls with each input: its first byte chooses the format and the type. Whatever the
 * bytes are, they are read or refused with their place, whole and as a stream, and soon; what is
 * read can be written and means the same then.
 */
public final class FuzzTarget {
  private static final Duration TIME_MAX = Duration.ofSeconds(10);
  private static final List<Type> TYPES =
      List.of(Type.Simple.ANY, Seeds.ORDERS, Seeds.ORDER, Type.Text.ANY_TEXT);

  private FuzzTarget() {}

  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    if (data.length == 0) {
      return;
    }
    var formats = Formats.installed().all();
    int choice = data[0] & 0xff;
    Codec codec = Codecs.of(formats.get(choice % formats.size()).spec().name());
    Type chosen = TYPES.get(choice / formats.size() % TYPES.size());
    // No definition reads a type that the format does not hold: the checker refuses it.
    boolean isHeld = formats.get(choice % formats.size()).refusal(chosen).isEmpty();
    Type type = isHeld ? chosen : Type.Simple.ANY;
    check(codec, java.util.Arrays.copyOfRange(data, 1, data.length), type);
  }

  /** Answers whether the bytes were read. */
  static boolean check(Codec codec, byte[] bytes, Type type) throws IOException {
    long started = System.nanoTime();
    var reading = Reading.of(type, Conform.Extra.REFUSE);
    boolean isRead = whole(codec, bytes, reading);
    stream(codec, bytes, Reading.of(Texts.element(type), Conform.Extra.REFUSE));
    if (System.nanoTime() - started > TIME_MAX.toNanos()) {
      throw new IllegalStateException("took longer than " + TIME_MAX);
    }
    return isRead;
  }

  private static boolean whole(Codec codec, byte[] bytes, Reading reading) {
    Value value;
    try {
      value = codec.read(bytes, reading);
    } catch (FaultException e) {
      check(e.fault(), bytes.length);
      return false;
    }
    byte[] again;
    try {
      again = codec.write(value, reading.type());
    } catch (FaultException e) {
      // What another format or a lenient reader let in need not be writable.
      if (e.fault().code() != Fault.Code.INVALID) {
        throw e;
      }
      return true;
    }
    byte[] twice = codec.write(codec.read(again, reading), reading.type());
    if (reading.type() != Type.Simple.ANY && !java.util.Arrays.equals(again, twice)) {
      throw new IllegalStateException("it does not mean the same when it is read again");
    }
    return true;
  }

  private static void stream(Codec codec, byte[] bytes, Reading reading) throws IOException {
    if (codec.records().isEmpty()) {
      return;
    }
    try (var records = codec.records().get().reader(new ByteArrayInputStream(bytes), reading)) {
      for (int i = 0; i < 1000 && records.next().isPresent(); i++) {
        // Each is taken; none is of interest.
      }
    } catch (FaultException e) {
      check(e.fault(), bytes.length);
    }
  }

  private static void check(Fault fault, int length) {
    switch (fault.code()) {
      case MALFORMED, TOO_LARGE -> {
        boolean isWithin =
            fault.details().field("position") instanceof Value.Int(var position)
                && position >= 0
                && position <= length;
        if (!isWithin) {
          throw new IllegalStateException("no place of: " + fault);
        }
      }
      case INVALID, UNSUPPORTED -> {}
      default -> throw new IllegalStateException("not a fault of bytes: " + fault);
    }
  }
}
