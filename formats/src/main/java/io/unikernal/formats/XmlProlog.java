package io.unikernal.formats;

import io.unikernal.formats.Faults.Place;
import io.unikernal.model.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the first bytes of a document say of its charset: what the envelope says wins over what
 * stands in it (RFC 7303). A byte order mark wins over both, which the reader of texts sees to.
 */
record XmlProlog(InputStream in, Charset charset) {
  private static final int PROLOG_MAX = 256;
  private static final Pattern DECLARED =
      Pattern.compile("^<\\?xml[^>]{0,200}?encoding\\s*=\\s*[\"']([A-Za-z0-9._-]{1,40})[\"']");

  static XmlProlog of(InputStream in, Optional<Charset> told) throws IOException {
    var back = new PushbackInputStream(in, PROLOG_MAX);
    byte[] first = new byte[PROLOG_MAX];
    int count = 0;
    // Up to the end of the declaration: a stream that lives may pause after it.
    while (count < PROLOG_MAX) {
      int sign = back.read();
      if (sign < 0) {
        break;
      }
      first[count++] = (byte) sign;
      if (sign == '>') {
        break;
      }
    }
    back.unread(first, 0, count);
    return new XmlProlog(
        back, told.isPresent() ? Charsets.known(told.get()) : guessed(first, count));
  }

  private static Charset guessed(byte[] first, int count) {
    if (count >= 2 && first[0] == 0 && first[1] == '<') {
      return StandardCharsets.UTF_16BE;
    }
    if (count >= 2 && first[0] == '<' && first[1] == 0) {
      return StandardCharsets.UTF_16LE;
    }
    int mark = count >= 3 && (first[0] & 0xff) == 0xef ? 3 : 0;
    String text = new String(first, mark, count - mark, StandardCharsets.ISO_8859_1);
    var declared = DECLARED.matcher(text);
    if (!declared.find()) {
      return StandardCharsets.UTF_8;
    }
    try {
      Charset charset = Charsets.known(Charset.forName(declared.group(1)));
      if (charset.name().startsWith("UTF-16")) {
        // The declaration itself was just read in ASCII.
        throw Faults.malformed("the document is not in the charset that it declares", Place.of(0));
      }
      return charset;
    } catch (UnsupportedCharsetException | IllegalCharsetNameException _) {
      throw Fault.of(Fault.Code.UNSUPPORTED, "the declared charset is not known", "send UTF-8")
          .toException();
    }
  }
}
