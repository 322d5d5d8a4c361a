package io.unikernal.formats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Codec.Reading;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is wrong is told with its place, and what is hostile costs nothing. */
class MalformedTest {
  private static final Type ANY = Type.Simple.ANY;

  private static Fault fault(Codec codec, byte[] bytes, Type type) {
    var thrown =
        catchThrowableOfType(
            FaultException.class, () -> codec.read(bytes, Reading.of(type, Conform.Extra.REFUSE)));
    assertThat(thrown).as(new String(bytes, 0, Math.min(200, bytes.length), UTF_8)).isNotNull();
    return thrown.fault();
  }

  private static Fault fault(String format, String text) {
    return fault(Codecs.of(format), text.getBytes(UTF_8), ANY);
  }

  private static void refused(String format, String text, Fault.Code code, long position) {
    Fault fault = fault(format, text);
    assertThat(fault.code()).as(fault.message()).isEqualTo(code);
    assertThat(fault.details().field("position"))
        .as(fault.message())
        .isEqualTo(Value.integer(position));
  }

  @Test
  void theByteOfWhatIsWrongIsTold() {
    refused("csv", "a,b\n1,\"2\"3\n", Fault.Code.MALFORMED, 9);
    refused("csv", "ä,b\n1,2\n1\n", Fault.Code.MALFORMED, 9);
    refused("xml", "<ä><b></ä>", Fault.Code.MALFORMED, 9);
    refused("xml", "<a>&#0;</a>", Fault.Code.MALFORMED, 6);
    refused("yaml", "ä: [1, 2\nb: 3\n", Fault.Code.MALFORMED, 11);
    refused("yaml", "😀: 1\n😀: 2\n", Fault.Code.MALFORMED, 8);
    refused("ndjson", "{\"a\":1}\n\n{\"a\" 1}\n", Fault.Code.MALFORMED, 14);
    refused("form", "a=1&b=%zz", Fault.Code.MALFORMED, 6);
  }

  @Test
  void lineAndColumnAreToldToo() {
    Fault fault = fault("csv", "a,b\n1,2\n1,\"2\"3\n");
    assertThat(fault.message()).contains("line 3").contains("byte");
    assertThat(fault.details().field("line")).isEqualTo(Value.integer(3));
    assertThat(fault("xml", "<a>\n <b>\n</a>").details().field("line")).isEqualTo(Value.integer(3));
    assertThat(fault("ndjson", "1\n2\n{").details().field("line")).isEqualTo(Value.integer(3));
  }

  @Test
  void aFarPlaceIsCountedRightThroughTheBuffers() {
    String many = "ä,😀\n".repeat(40_000);
    String text = "a,b\n" + many + "1,\"2\"3\n";
    refused(
        "csv",
        text,
        Fault.Code.MALFORMED,
        text.substring(0, text.length() - 2).getBytes(UTF_8).length);
    String xml = "<r>" + "<ä>😀</ä>".repeat(40_000) + "<x></y>";
    refused(
        "xml",
        xml,
        Fault.Code.MALFORMED,
        xml.substring(0, xml.length() - 2).getBytes(UTF_8).length);
  }

  @Test
  void bytesThatAreNotOfTheCharsetAreRefusedAndNeverReplaced() {
    for (String format : new String[] {"csv", "xml", "yaml", "text", "ndjson", "tsv"}) {
      byte[] bytes = "<a>x</a>".getBytes(UTF_8);
      bytes[3] = (byte) 0xe4;
      Fault fault =
          fault(Codecs.of(format), bytes, format.equals("text") ? Type.Text.ANY_TEXT : ANY);
      assertThat(fault.code()).as(format).isEqualTo(Fault.Code.MALFORMED);
      if (!format.equals("ndjson")) {
        assertThat(fault.details().field("position")).as(format).isEqualTo(Value.integer(3));
      }
    }
    refused("form", "a=%e4", Fault.Code.MALFORMED, 2);
  }

  @Test
  void aCharsetIsWhatTheMarkOrTheEnvelopeOrTheDocumentSays() {
    String xml = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>ä</a>";
    assertThat(read("xml", xml.getBytes(ISO_8859_1), Optional.empty())).isEqualTo(Value.text("ä"));
    assertThat(read("xml", xml.getBytes(UTF_8), Optional.of(UTF_8))).isEqualTo(Value.text("ä"));
    byte[] wide = "<a>ä</a>".getBytes(StandardCharsets.UTF_16LE);
    assertThat(read("xml", wide, Optional.empty())).isEqualTo(Value.text("ä"));
    byte[] marked = "\ufeff<a>ä</a>".getBytes(StandardCharsets.UTF_16BE);
    assertThat(read("xml", marked, Optional.of(UTF_8))).isEqualTo(Value.text("ä"));
    assertThat(read("text", "ä".getBytes(ISO_8859_1), Optional.of(ISO_8859_1)))
        .isEqualTo(Value.text("ä"));
    byte[] csv = "\ufeffa\r\n1\r\n".getBytes(UTF_8);
    assertThat(read("csv", csv, Optional.empty()).toString()).contains("a=Text[value=1]");
    Charset strange = Charset.forName("ISO-2022-JP");
    var thrown =
        catchThrowableOfType(
            FaultException.class, () -> read("csv", new byte[] {65}, Optional.of(strange)));
    assertThat(thrown.fault().code()).isEqualTo(Fault.Code.UNSUPPORTED);
  }

  private static Value read(String format, byte[] bytes, Optional<Charset> told) {
    Type type = format.equals("text") ? Type.Text.ANY_TEXT : ANY;
    return Codecs.of(format).read(bytes, Reading.of(type, Conform.Extra.REFUSE).withCharset(told));
  }

  @Test
  void documentTypesAndEntitiesAreRefusedInEveryForm() {
    for (String text :
        new String[] {
          "<!DOCTYPE a><a/>",
          "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
          "<!DOCTYPE a PUBLIC \"x\" \"http://127.0.0.1:9/x\"><a/>",
          "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
          "<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x\"> %x;]><a/>",
          "<?xml version=\"1.0\"?><!DOCTYPE a [<!ATTLIST a b CDATA \"default\">]><a/>",
          "<a>&x;</a>",
          "<a b=\"&x;\"/>",
          billionLaughs()
        }) {
      Fault fault = fault("xml", text);
      assertThat(fault.code()).as(text).isEqualTo(Fault.Code.MALFORMED);
      assertThat(fault.message()).doesNotContain("root:");
    }
    assertThat(Codecs.read(Codecs.of("xml"), "<a>&lt;&#228;&amp;</a>", ANY))
        .isEqualTo(Value.text("<ä&"));
  }

  private static String billionLaughs() {
    var text = new StringBuilder("<!DOCTYPE a [<!ENTITY l0 \"lol\">");
    for (int i = 1; i < 10; i++) {
      text.append("<!ENTITY l%d \"%s\">".formatted(i, ("&l" + (i - 1) + ";").repeat(10)));
    }
    return text + "]><a>&l9;</a>";
  }

  @Test
  void aliasesAreBoundedAndNeverEndless() {
    var bomb = new StringBuilder("- &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("- &a%d [%s]\n".formatted(i, ("*a" + (i - 1) + ",").repeat(9)));
    }
    assertThat(fault("yaml", bomb.toString()).code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("yaml", "- &x [" + "x,".repeat(9_000) + "]\n" + "- *x\n".repeat(100)).code())
        .isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("yaml", "&x [*x]").code()).isEqualTo(Fault.Code.MALFORMED);
    assertThat(fault("yaml", "a: *nothing").code()).isEqualTo(Fault.Code.MALFORMED);
    assertThat(Codecs.read(Codecs.of("yaml"), "- &x 1\n- *x\n", ANY))
        .isEqualTo(new Value.Items(java.util.List.of(Value.integer(1), Value.integer(1))));
  }

  @Test
  void tagsThatWouldMakeObjectsAreRefused() {
    assertThat(fault("yaml", "!!javax.script.ScriptEngineManager []").code())
        .isEqualTo(Fault.Code.MALFORMED);
    assertThat(fault("yaml", "!!python/object/apply:os.system [ls]").code())
        .isEqualTo(Fault.Code.MALFORMED);
    assertThat(fault("yaml", "!local x").code()).isEqualTo(Fault.Code.MALFORMED);
  }

  @Test
  void whatIsDeepOrWideIsRefused() {
    assertThat(fault("xml", "<a>".repeat(100_000)).code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("yaml", "[".repeat(100_000)).code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("yaml", "- ".repeat(5_000) + "x").code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("csv", "a,".repeat(5_000)).code()).isEqualTo(Fault.Code.TOO_LARGE);
    assertThat(fault("form", "a=1&".repeat(5_000)).code()).isEqualTo(Fault.Code.TOO_LARGE);
    var attributes = new StringBuilder("<a");
    for (int i = 0; i < 5_000; i++) {
      attributes.append(" a").append(i).append("='1'");
    }
    assertThat(fault("xml", attributes + "/>").code()).isEqualTo(Fault.Code.TOO_LARGE);
  }

  @Test
  void hostileTextsTakeNoLongerThanTheirLength() {
    long started = System.nanoTime();
    String huge = "x".repeat(8 << 20);
    Codecs.read(Codecs.of("csv"), "a\n\"" + huge + "\"\n", ANY);
    Codecs.read(Codecs.of("xml"), "<a b='" + huge + "'>" + huge + "</a>", ANY);
    Codecs.read(Codecs.of("yaml"), "\"" + huge + "\"", ANY);
    Codecs.read(Codecs.of("yaml"), "a: " + "1".repeat(1 << 20), ANY);
    fault("csv", "a\n" + "\"\"\"".repeat((1 << 20) + 1));
    fault("xml", "<a " + "b=\"&lt;".repeat(1 << 18));
    fault("yaml", "? ".repeat(1 << 16));
    fault("yaml", "{".repeat(60) + "a: 'x".repeat(1 << 16));
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void oddQuotingIsReadOneWayOrRefused() {
    var csv = Codecs.of("csv");
    assertThat(fault("csv", "a\n\"x\n").message()).contains("does not end");
    assertThat(fault("csv", "a,a\n1,2\n").message()).contains("has the name of another");
    assertThat(fault("csv", "a,\n1,2\n").message()).contains("column 2 has no name");
    assertThat(fault("csv", "a,b\n1,2,3\n").message()).contains("3 cells");
    assertThat(fault("csv", "a,b\n1\n").message()).contains("1 cells");
    assertThat(Codecs.write(csv, Codecs.read(csv, "a,b\n\"=1+1\",\"\"\"\"\n,\"\"\n\n", ANY), ANY))
        .isEqualTo("a,b\r\n=1+1,\"\"\"\"\r\n,\"\"\r\n");
  }

  @Test
  void everyPrefixIsReadOrRefusedWithItsPlace() {
    for (Seeds.Seed seed : Seeds.ALL) {
      String format = seed.format();
      byte[] bytes = seed.bytes();
      Type type = seed.type();
      int refused = 0;
      for (int length = 0; length < bytes.length; length++) {
        try {
          Codecs.of(format)
              .read(Arrays.copyOf(bytes, length), Reading.of(type, Conform.Extra.REFUSE));
        } catch (FaultException e) {
          refused++;
          Fault fault = e.fault();
          assertThat(fault.code()).isIn(Fault.Code.MALFORMED, Fault.Code.INVALID);
          if (fault.code() == Fault.Code.MALFORMED) {
            assertThat(fault.details().field("position")).isInstanceOf(Value.Int.class);
            assertThat(((Value.Int) fault.details().field("position")).value())
                .as(format + " of " + length + ": " + fault.message())
                .isBetween(0L, (long) length);
          }
        }
      }
      // Where any text is right, as without a type, nothing need be refused.
      boolean isLoose = format.equals("text") || format.equals("form") && type == ANY;
      assertThat(refused).as(format).isGreaterThan(isLoose ? -1 : 2);
    }
  }
}
