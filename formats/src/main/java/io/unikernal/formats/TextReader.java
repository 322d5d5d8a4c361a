package io.unikernal.formats;

import io.unikernal.formats.Faults.Place;
import io.unikernal.model.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Characters of a stream of bytes, strictly: what is not of the charset is MALFORMED and never
 * replaced. A byte order mark wins over every other word on the charset. Remembers enough of what
 * it gave to say at which byte a character near the end of it stands.
 */
final class TextReader extends Reader {
  private static final int CHUNK = 8 << 10;

  private static final int MARK_MAX = 3;

  /** Parsers read ahead by less than this many characters, where they do not say otherwise. */
  private static final int AHEAD = 4 * CHUNK;

  private final InputStream in;
  private final Charset charset;
  private final CharsetDecoder decoder;
  private final long kept;
  private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
  private final CharBuffer chars = CharBuffer.allocate(CHUNK);
  private final Deque<Chunk> chunks = new ArrayDeque<>();
  private long bytesDecoded;
  private long charsDecoded;
  private long pointsDecoded;
  private boolean isEnded;
  private @Nullable FaultException broken;
  private long budgetEnd = Long.MAX_VALUE;
  private int budget;

  private record Chunk(long charStart, long pointStart, long byteStart, String text) {}

  TextReader(InputStream in, Charset charset) throws IOException {
    this(in, charset, AHEAD);
  }

  /** {@code ahead} is how many characters who reads may hold that are not looked at yet. */
  TextReader(InputStream in, Charset charset, int ahead) throws IOException {
    this.in = in;
    kept = ahead + 2L * CHUNK;
    int mark = begin() ? markLength() : 0;
    this.charset = mark == 0 ? charset : marked();
    bytes.position(mark);
    bytesDecoded = mark;
    chars.flip();
    decoder =
        this.charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  private static boolean startsWith(ByteBuffer bytes, int... mark) {
    if (bytes.limit() < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if ((bytes.get(i) & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private int markLength() {
    return startsWith(bytes, 0xef, 0xbb, 0xbf)
        ? 3
        : startsWith(bytes, 0xfe, 0xff) || startsWith(bytes, 0xff, 0xfe) ? 2 : 0;
  }

  private Charset marked() {
    return startsWith(bytes, 0xef, 0xbb, 0xbf)
        ? StandardCharsets.UTF_8
        : startsWith(bytes, 0xfe, 0xff) ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
  }

  /** Enough to see a mark, and no more: a stream that lives may pause after it. */
  private boolean begin() throws IOException {
    int read = in.readNBytes(bytes.array(), 0, MARK_MAX);
    bytes.limit(read);
    isEnded = read < MARK_MAX;
    return read > 0;
  }

  /** From here on, at most so many characters before the next call. */
  void allow(int charactersMax) {
    budget = charactersMax;
    budgetEnd = charsDecoded + charactersMax;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!chars.hasRemaining() && !decode()) {
      return -1;
    }
    int count = 0;
    do {
      int part = Math.min(length - count, chars.remaining());
      chars.get(target, offset + count, part);
      count += part;
    } while (count < length && in.available() > 0 && broken == null && decode());
    return count;
  }

  private boolean decode() throws IOException {
    if (broken != null) {
      throw broken;
    }
    if (charsDecoded > budgetEnd) {
      throw Faults.tooLarge(
          "a record is longer than " + budget + " characters", Place.of(bytesDecoded));
    }
    chars.clear();
    while (chars.position() == 0) {
      if (!bytes.hasRemaining() && isEnded) {
        chars.flip();
        return false;
      }
      int before = bytes.position();
      CoderResult result = decoder.decode(bytes, chars, isEnded);
      long decoded = bytes.position() - before;
      if (chars.position() > 0) {
        remember();
      }
      bytesDecoded += decoded;
      if (result.isError()) {
        broken =
            Faults.malformed(
                "this is not text in " + Charsets.name(charset), Place.of(bytesDecoded));
        if (chars.position() == 0) {
          throw broken;
        }
      } else if (result.isUnderflow() && !isEnded) {
        more();
      }
    }
    chars.flip();
    return true;
  }

  private void remember() {
    String text = new String(chars.array(), 0, chars.position());
    chunks.addLast(new Chunk(charsDecoded, pointsDecoded, bytesDecoded, text));
    charsDecoded += text.length();
    pointsDecoded += text.codePointCount(0, text.length());
    while (charsDecoded - chunks.getFirst().charStart() > kept) {
      chunks.removeFirst();
    }
  }

  private void more() throws IOException {
    bytes.compact();
    int left = bytes.position();
    int read = in.read(bytes.array(), left, bytes.capacity() - left);
    bytes.position(0).limit(left + Math.max(0, read));
    isEnded = read < 0;
  }

  /** The byte at which a character stands; of what is long gone, the first that is remembered. */
  long byteOfChar(long index) {
    for (Chunk chunk : chunks) {
      if (index < chunk.charStart() + chunk.text().length()) {
        int within = (int) Math.max(0, index - chunk.charStart());
        return chunk.byteStart() + chunk.text().substring(0, within).getBytes(charset).length;
      }
    }
    return bytesDecoded;
  }

  /** As {@link #byteOfChar}, counted in code points. */
  long byteOfPoint(long index) {
    for (Chunk chunk : chunks) {
      int points = chunk.text().codePointCount(0, chunk.text().length());
      if (index < chunk.pointStart() + points) {
        int within = (int) Math.max(0, index - chunk.pointStart());
        int end = chunk.text().offsetByCodePoints(0, within);
        return chunk.byteStart() + chunk.text().substring(0, end).getBytes(charset).length;
      }
    }
    return bytesDecoded;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
