package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads lines of JSON, or server-sent events (HTML standard, 9.2.6), as they come in. One line is
 * in memory at a time.
 */
final class IncomingElements implements ValueStream.Producer {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** What an element is, and what is said of one that is wrong. */
  interface Elements {
    /**
     * @param line where it stands, from 1
     * @throws FaultException why it is none
     */
    Value read(byte[] json, long line);

    Fault tooLong(long line, long bytesMax);

    /** An event says that the stream broke. */
    Fault brokenOff(String data);

    /**
     * So many bytes of an element are held.
     *
     * @throws FaultException if there is no room for them
     */
    default void held(long bytes) {}
  }

  private final Incoming in;
  private final Elements elements;
  private final boolean areEvents;
  private final long lineBytesMax;
  private byte[] part = {};
  private int at;
  private boolean hasEnded;
  private boolean isFirstLine = true;
  private long lines;

  /** {@code lineBytesMax}: what one element may have. */
  IncomingElements(Incoming in, Elements elements, boolean areEvents, long lineBytesMax) {
    this.in = in;
    this.elements = elements;
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
        return Optional.of(elements.read(line.get(), lines));
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
      throw elements.brokenOff(data).toException();
    }
    return elements.read(data.getBytes(StandardCharsets.UTF_8), lines);
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
      elements.held(line.size());
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
        ? Arrays.copyOf(line, line.length - 1)
        : line;
  }

  private FaultException tooLong() {
    return elements.tooLong(lines, lineBytesMax).toException();
  }
}
