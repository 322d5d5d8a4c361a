package io.unikernal.spi;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The model's own. Always there, so that there is a format where nothing is said. */
final class JsonFormat implements Format {
  private static final Spec SPEC =
      new Spec(
          Formats.JSON,
          "JSON by RFC 8259, strict and in UTF-8.",
          List.of("application/json", "+json"),
          List.of("json"),
          ConfigSpec.NONE,
          true,
          List.of(
              "Holds every type. Without a type uuids, timestamps, dates, times, durations and bytes"
                  + " come back as text."));

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public Optional<String> refusal(Type type) {
    return Optional.empty();
  }

  @Override
  public Codec codec(Config options) {
    return JsonCodec.INSTANCE;
  }

  private enum JsonCodec implements Codec {
    INSTANCE;

    @Override
    public Value read(byte[] bytes, Reading reading) {
      checkCharset(reading.charset());
      var limits = reading.limits();
      var json =
          limits.depthMax() == Json.Limits.DEFAULT.depthMax()
              ? Json.Limits.DEFAULT
              : new Json.Limits(limits.depthMax(), Json.Limits.DEFAULT.numberLengthMax());
      return Json.receive(bytes, reading.type(), reading.extra(), json, reading.wanted());
    }

    @Override
    public byte[] write(Value value, Type type) {
      return Json.forward(value);
    }

    private static void checkCharset(Optional<Charset> charset) {
      charset
          .filter(it -> !it.equals(StandardCharsets.UTF_8) && !it.equals(StandardCharsets.US_ASCII))
          .ifPresent(it -> {
            throw Fault.of(Fault.Code.UNSUPPORTED, "JSON is in UTF-8, not in " + it).toException();
          });
    }
  }
}
