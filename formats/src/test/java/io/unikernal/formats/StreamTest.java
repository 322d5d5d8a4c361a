package io.unikernal.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.Wanted;
import io.unikernal.spi.Codec.Limits;
import io.unikernal.spi.Codec.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** One record after the other, however long the stream is. */
class StreamTest {
  /** Many times what a reader may read ahead. */
  private static final long BYTES = 10L << 20;

  /** A beginning, then the same again and again: never in memory whole. */
  private static final class Endless extends InputStream {
    private final byte[] start;
    private final byte[] again;
    private long given;

    Endless(String start, String again) {
      this.start = start.getBytes(UTF_8);
      this.again = again.getBytes(UTF_8);
    }

    @Override
    public int read() {
      long at = given++;
      return at < start.length
          ? start[(int) at]
          : again[(int) ((at - start.length) % again.length)] & 0xff;
    }

    @Override
    public int available() {
      return 1;
    }
  }

  private static void takes(String format, String start, String record) throws IOException {
    var in = new Endless(start, record);
    var reading = Reading.of(Seeds.LINE, Conform.Extra.REFUSE);
    long most = 0;
    long records = 0;
    try (var reader = Codecs.of(format).records().orElseThrow().reader(in, reading)) {
      while (in.given < BYTES) {
        Value one = reader.next().orElseThrow();
        assertThat(one.fieldText("sku")).hasSize(5_000);
        // Whoever reads ahead reads a bounded part.
        most = Math.max(most, in.given - ++records * record.length());
      }
    }
    assertThat(most).as(format).isLessThan(1 << 20);
  }

  @Test
  void aStreamWithoutEndIsReadRecordByRecord() throws IOException {
    String text = "x".repeat(5_000);
    takes("ndjson", "", "{\"sku\":\"" + text + "\",\"price\":1.5}\n");
    takes("csv", "sku,qty,price\n", text + ",1,1.5\n");
    takes("xml", "<all>", "<one><sku>" + text + "</sku><price>1.5</price></one>\n");
    takes("yaml", "", "---\nsku: " + text + "\nprice: 1.5\n");
  }

  private static Fault fault(String format, String start, String again) {
    var limits = new Limits(64, 1_000, 1_000, 1 << 20);
    var reading =
        new Reading(Type.Simple.ANY, Conform.Extra.REFUSE, Optional.empty(), limits, Wanted.ALL);
    var thrown =
        Assertions.catchThrowableOfType(
            FaultException.class,
            () -> {
              var records = Codecs.of(format).records().orElseThrow();
              try (var reader = records.reader(new Endless(start, again), reading)) {
                while (reader.next().isPresent()) {
                  // Each is taken.
                }
              }
            });
    assertThat(thrown).as(format).isNotNull();
    return thrown.fault();
  }

  @Test
  void aRecordWithoutEndIsRefused() {
    assertThat(fault("ndjson", "{\"a\":\"", "x").code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("csv", "a\n\"", "x").code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("xml", "<a><b>", "x").code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("xml", "<a><b c='", "x").code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("xml", "<a><", "x").code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("yaml", "a: \"", "x").code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("yaml", "a: [", "x,").code()).isEqualTo(Fault.Code.TOO_LARGE);
  }

  @Test
  void aRecordThatDoesNotFitIsToldWithItsIndexAndTheNextIsRead() throws IOException {
    var reading = Reading.of(Seeds.LINE, Conform.Extra.REFUSE);
    for (String[] each :
        new String[][] {
          {"csv", "sku,qty,price\nA,1,2\nB,many,2\nC,1,2\n"},
          {
            "ndjson",
            "{\"sku\":\"A\",\"price\":2}\n{\"sku\":\"B\",\"qty\":\"many\",\"price\":2}\n"
                + "{\"sku\":\"C\",\"price\":2}\n"
          }
        }) {
      var in = new java.io.ByteArrayInputStream(each[1].getBytes(UTF_8));
      try (var reader = Codecs.of(each[0]).records().orElseThrow().reader(in, reading)) {
        assertThat(reader.next().orElseThrow().fieldText("sku")).isEqualTo("A");
        var thrown = Assertions.catchThrowableOfType(FaultException.class, () -> reader.next());
        assertThat(thrown.fault().violations().getFirst().path()).isEqualTo("[1].qty");
        assertThat(reader.next().orElseThrow().fieldText("sku")).isEqualTo("C");
        assertThat(reader.next()).isEmpty();
      }
    }
  }
}
