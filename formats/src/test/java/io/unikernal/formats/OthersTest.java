package io.unikernal.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Goal: others read what is written here, and what they write is read. Method: Python's own csv,
 * ElementTree and urllib, as one process for each of many tables of hostile texts.
 */
class OthersTest {
  private static final int ROWS = 300;
  private static final int COLUMNS = 3;

  /** Reads all of its input in a format, and writes the table as JSON; or the other way round. */
  private static final String PYTHON =
      """
      import csv, io, json, sys, urllib.parse, xml.etree.ElementTree as ET
      how = sys.argv[1]
      data = sys.stdin.buffer.read().decode('utf-8')
      out = ''
      if how == 'read-csv':
          out = json.dumps(list(csv.DictReader(io.StringIO(data, newline=''))))
      elif how == 'write-csv':
          rows = json.loads(data)
          text = io.StringIO(newline='')
          writer = csv.DictWriter(text, list(rows[0]), delimiter=';', quotechar="'", quoting=csv.QUOTE_ALL)
          writer.writeheader()
          writer.writerows(rows)
          out = text.getvalue()
      elif how == 'read-xml':
          out = json.dumps([{c.tag: c.text or '' for c in row} for row in ET.fromstring(data)])
      elif how == 'write-xml':
          root = ET.Element('rows')
          for row in json.loads(data):
              one = ET.SubElement(root, 'row')
              for name, text in row.items():
                  ET.SubElement(one, name).text = text
          out = ET.tostring(root, encoding='unicode')
      elif how == 'read-form':
          out = json.dumps(dict(urllib.parse.parse_qsl(data, keep_blank_values=True, strict_parsing=True)))
      elif how == 'write-form':
          out = urllib.parse.urlencode(json.loads(data))
      sys.stdout.buffer.write(out.encode('utf-8'))
      """;

  private static byte[] python(String how, byte[] input) throws Exception {
    var process = new ProcessBuilder("python3", "-c", PYTHON, how).start();
    var writer =
        Thread.ofVirtual()
            .start(() -> {
              try (var out = process.getOutputStream()) {
                out.write(input);
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    byte[] output = process.getInputStream().readAllBytes();
    String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
    writer.join();
    assertThat(process.waitFor()).as(errors).isZero();
    return output;
  }

  private static Value json(byte[] bytes) {
    return Json.read(bytes, Json.Limits.DEFAULT);
  }

  /** {@code signs} are those that the other can hold. */
  private static Value table(String signs) {
    int[] points = signs.codePoints().toArray();
    var random = new Random(7);
    var rows = new ArrayList<Value>();
    for (int row = 0; row < ROWS; row++) {
      var fields = new LinkedHashMap<String, Value>();
      for (int column = 0; column < COLUMNS; column++) {
        fields.put("c" + column, Value.text(text(points, random)));
      }
      rows.add(new Value.Dict(fields));
    }
    return new Value.Items(rows);
  }

  private static String text(int[] points, Random random) {
    var text = new StringBuilder();
    for (int length = random.nextInt(9); length > 0; length--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  @Test
  void pythonReadsOurCsvAndWeItsOwn() throws Exception {
    Value table = table(Typed.SIGNS);
    byte[] ours = Codecs.of("csv").write(table, Type.Simple.ANY);
    assertThat(json(python("read-csv", ours))).isEqualTo(table);
    byte[] theirs = python("write-csv", Json.write(table));
    var codec = Codecs.csv("delimiter", ";", "quote", "'");
    assertThat(Codecs.read(codec, new String(theirs, UTF_8), Type.Simple.ANY)).isEqualTo(table);
  }

  @Test
  void pythonReadsOurXmlAndWeItsOwn() throws Exception {
    // Python writes a carriage return as it is, which every reader of XML makes a line end.
    Value table = table(Typed.SIGNS.replace("\r", ""));
    byte[] ours = Codecs.of("xml").write(table, Type.Simple.ANY);
    assertThat(json(python("read-xml", ours))).isEqualTo(table);
    String theirs = new String(python("write-xml", Json.write(table)), UTF_8);
    Type rows = Type.ListOf.of(new Type.MapOf(Type.Text.ANY_TEXT));
    assertThat(Codecs.read(Codecs.of("xml"), theirs, rows)).isEqualTo(table);
  }

  @Test
  void pythonReadsOurFormsAndWeItsOwn() throws Exception {
    var fields = new LinkedHashMap<String, Value>();
    for (Value row : ((Value.Items) table(Typed.SIGNS)).items()) {
      fields.put("f" + fields.size(), row.field("c0"));
    }
    var form = new Value.Dict(fields);
    byte[] ours = Codecs.of("form").write(form, Type.Simple.ANY);
    assertThat(json(python("read-form", ours))).isEqualTo(form);
    String theirs = new String(python("write-form", Json.write(form)), UTF_8);
    assertThat(Codecs.read(Codecs.of("form"), theirs, Type.Simple.ANY)).isEqualTo(form);
  }

  @Test
  void tablesAreNotAllAlike() {
    assertThat(((Value.Items) table(Typed.SIGNS)).items().stream().distinct().count())
        .isGreaterThan(ROWS / 2);
  }
}
