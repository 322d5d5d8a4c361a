package io.unikernal.adapter.http;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads lines of JSON, or server-sent events (HTML standard, 9.2.6), as they come in. One line is
 * in memory at a time.
 */
final class IncomingElements implements ValueStream.Producer {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Incoming in;
  private final String operation;
  private final Type element;
  private final boolean areEvents;
  private final long lineBytesMax;
  private byte[] part = {};
  private int at;
  private boolean hasEnded;
  private boolean isFirstLine = true;
  private long lines;

  /** {@code lineBytesMax}: what one element may have. */
  IncomingElements(
      Incoming in, String operation, Type element, boolean areEvents, long lineBytesMax) {
    this.in = in;
    this.operation = operation;
    this.element = element;
    this.areEvents = areEvents;
    this.lineBytesMax = lineBytesMax;
  }

  @Override
  public Optional<Value> next() throws InterruptedException {
    return areEvents ? event() : record();
  }

  @Override
  public void close() {
    in.close();
  }

  private Optional<Value> record() throws InterruptedException {
    for (var line = line(); line.isPresent(); line = line()) {
      String text = new String(line.get(), StandardCharsets.ISO_8859_1);
      if (!text.isBlank()) {
        return Optional.of(value(line.get()));
      }
    }
    return Optional.empty();
  }

  /** An event without its blank line at the end counts for nothing, as the standard has it. */
  private Optional<Value> event() throws InterruptedException {
    var data = new StringBuilder();
    boolean hasData = false;
    String name = "";
    for (var line = line(); line.isPresent(); line = line()) {
      String text = new String(line.get(), StandardCharsets.UTF_8);
      if (isFirstLine && text.startsWith(BYTE_ORDER_MARK)) {
        text = text.substring(1);
      }
      isFirstLine = false;
      if (text.isEmpty()) {
        if (hasData) {
          return Optional.of(event(name, data.toString()));
        }
        name = "";
        continue;
      }
      int colon = text.indexOf(':');
      String field = colon < 0 ? text : text.substring(0, colon);
      String given = colon < 0 ? "" : text.substring(colon + 1);
      given = given.startsWith(" ") ? given.substring(1) : given;
      if (field.equals("data")) {
        data.append(hasData ? "\n" : "").append(given);
        hasData = true;
      } else if (field.equals("event")) {
        name = given;
      }
      if (data.length() > lineBytesMax) {
        throw tooLong();
      }
    }
    return Optional.empty();
  }

  private Value event(String name, String data) {
    if (name.equals("error")) {
      throw Fault.of(Fault.Code.REJECTED, "`" + operation + "` broke off: " + detail(data))
          .toException();
    }
    return value(data.getBytes(StandardCharsets.UTF_8));
  }

  /** The other side's own words, where it answers RFC 9457. */
  private static String detail(String data) {
    try {
      String text =
          Json.read(data.getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT).fieldText("detail");
      return text.isEmpty() ? "an error" : text;
    } catch (FaultException _) {
      return "an error";
    }
  }

  private Value value(byte[] json) {
    try {
      return Json.read(json, element, Conform.Extra.KEEP, Json.Limits.DEFAULT);
    } catch (FaultException e) {
      if (e.fault().code() == Fault.Code.INVALID) {
        throw e;
      }
      throw Fault.of(
              Fault.Code.REJECTED,
              "`%s` answered what is not JSON in line %d: %s"
                  .formatted(operation, lines, e.fault().message()))
          .toException();
    }
  }

  /** The next line without what ends it. */
  private Optional<byte[]> line() throws InterruptedException {
    var line = new ByteArrayOutputStream();
    lines++;
    while (!hasEnded) {
      int end = at;
      while (end < part.length && part[end] != '\n') {
        end++;
      }
      line.write(part, at, end - at);
      if (line.size() > lineBytesMax) {
        throw tooLong();
      }
      if (end < part.length) {
        at = end + 1;
        return Optional.of(withoutReturn(line.toByteArray()));
      }
      Optional<byte[]> next = in.next();
      hasEnded = next.isEmpty();
      part = next.orElse(part);
      at = hasEnded ? part.length : 0;
    }
    return line.size() > 0 ? Optional.of(withoutReturn(line.toByteArray())) : Optional.empty();
  }

  private static byte[] withoutReturn(byte[] line) {
    return line.length > 0 && line[line.length - 1] == '\r'
        ? java.util.Arrays.copyOf(line, line.length - 1)
        : line;
  }

  private FaultException tooLong() {
    return Fault.of(
            Fault.Code.REJECTED,
            "`" + operation + "` sent an element of more than " + lineBytesMax + " bytes",
            "raise `max_body`")
        .toException();
  }
}
