package io.unikernal.formats;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One text as it is. */
public final class TextFormat implements Format {
  private static final Spec SPEC =
      new Spec(
          "text",
          "One text as it is, or one number, time or flag as text.",
          List.of("text/plain"),
          List.of("txt"),
          ConfigSpec.of(Charsets.CHARSET),
          true,
          List.of(
              "Holds one value that is no list, map or record.",
              "White space around a number, time or flag is no part of it; a text keeps its own."));

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public Optional<String> refusal(Type type) {
    return Texts.isWhole(type.core()) ? Optional.of("it is one text") : Optional.empty();
  }

  @Override
  public Codec codec(Config options) {
    return new TextCodec(options.get(Charsets.CHARSET));
  }

  private record TextCodec(String charsetName) implements Codec {
    @Override
    public Value read(byte[] bytes, Reading reading) {
      String text = decoded(bytes, Charsets.chosen(reading.charset(), charsetName));
      Type core = reading.type().core();
      return Sequences.fit(
          Texts.read(reading.type(), Texts.isText(core) ? text : text.strip()), reading);
    }

    @Override
    public byte[] write(Value value, Type type) {
      if (value instanceof Value.Items || Texts.isRecord(value)) {
        throw Faults.invalid("plain text cannot hold a list or a record");
      }
      String text = Texts.of(value);
      // A reader takes one mark away.
      String marked = text.startsWith("\ufeff") ? "\ufeff" + text : text;
      try {
        ByteBuffer bytes =
            Charset.forName(charsetName).newEncoder().encode(CharBuffer.wrap(marked));
        return Arrays.copyOf(bytes.array(), bytes.limit());
      } catch (CharacterCodingException _) {
        throw Faults.invalid("a text has characters that " + charsetName + " does not have");
      }
    }

    @Override
    public Optional<Charset> charset() {
      return Optional.of(Charset.forName(charsetName));
    }
  }

  /** All of the bytes as text, strictly, without a byte order mark. */
  static String decoded(byte[] bytes, Charset charset) {
    try (var reader = new TextReader(new ByteArrayInputStream(bytes), charset)) {
      var text = new StringBuilder(bytes.length);
      char[] buffer = new char[4096];
      for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
        text.append(buffer, 0, count);
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be read", e);
    }
  }
}
