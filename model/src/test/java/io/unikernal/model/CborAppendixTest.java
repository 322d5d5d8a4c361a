package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * All examples of RFC 8949, appendix A. Those inside the profile of {@code sdks/PROTOCOL.md} are
 * read as the RFC says; the others are refused, here with the byte at which they are.
 */
class CborAppendixTest {
  /**
   * Hex and what it means: as JSON, {@code double:}, {@code bytes:}, or {@code no:} and a position.
   */
  private static final String EXAMPLES =
      """
      00|0
      01|1
      0a|10
      17|23
      1818|24
      1819|25
      1864|100
      1903e8|1000
      1a000f4240|1000000
      1b000000e8d4a51000|1000000000000
      1bffffffffffffffff|18446744073709551615
      c249010000000000000000|no:0
      3bffffffffffffffff|no:0
      c349010000000000000000|no:0
      20|-1
      29|-10
      3863|-100
      3903e7|-1000
      f90000|0.0
      f98000|-0.0
      f93c00|1.0
      fb3ff199999999999a|1.1
      f93e00|1.5
      f97bff|65504.0
      fa47c35000|100000.0
      fa7f7fffff|3.4028234663852886e+38
      fb7e37e43c8800759c|1.0e+300
      f90001|5.960464477539063e-8
      f90400|0.00006103515625
      f9c400|-4.0
      fbc010666666666666|-4.1
      f97c00|double:Infinity
      f97e00|double:NaN
      f9fc00|double:-Infinity
      fa7f800000|double:Infinity
      fa7fc00000|double:NaN
      faff800000|double:-Infinity
      fb7ff0000000000000|double:Infinity
      fb7ff8000000000000|double:NaN
      fbfff0000000000000|double:-Infinity
      f4|false
      f5|true
      f6|null
      f7|no:0
      f0|no:0
      f8ff|no:0
      c074323031332d30332d32315432303a30343a30305a|no:0
      c11a514b67b0|no:0
      c1fb41d452d9ec200000|no:0
      d74401020304|no:0
      d818456449455446|no:0
      d82076687474703a2f2f7777772e6578616d706c652e636f6d|no:0
      40|bytes:
      4401020304|bytes:01020304
      60|""
      6161|"a"
      6449455446|"IETF"
      62225c|"\\"\\\\"
      62c3bc|"ü"
      63e6b0b4|"水"
      64f0908591|"𐅑"
      80|[]
      83010203|[1,2,3]
      8301820203820405|[1,[2,3],[4,5]]
      98190102030405060708090a0b0c0d0e0f101112131415161718181819|\
      [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]
      a0|{}
      a201020304|no:1
      a26161016162820203|{"a":1,"b":[2,3]}
      826161a161626163|["a",{"b":"c"}]
      a56161614161626142616361436164614461656145|{"a":"A","b":"B","c":"C","d":"D","e":"E"}
      5f42010243030405ff|no:0
      7f657374726561646d696e67ff|no:0
      9fff|no:0
      9f018202039f0405ffff|no:0
      9f01820203820405ff|no:0
      83018202039f0405ff|no:5
      83019f0203ff820405|no:2
      9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff|no:0
      bf61610161629f0203ffff|no:0
      826161bf61626163ff|no:3
      bf6346756ef563416d7421ff|no:0
      """;

  /** Half and single precision are read; a double is always written with 64 bits. */
  private static boolean isCanonical(String hex) {
    return !hex.startsWith("f9") && !hex.startsWith("fa");
  }

  @Test
  void theExamplesOfTheRfcAreReadOrRefusedWhereTheyLeaveTheProfile() {
    List<String> lines = EXAMPLES.lines().toList();
    assertThat(lines).hasSize(81);
    int refused = 0;
    for (String line : lines) {
      String[] parts = line.split("\\|", 2);
      byte[] bytes = HexFormat.of().parseHex(parts[0]);
      String expected = parts[1];
      if (expected.startsWith("no:")) {
        refused++;
        assertThatThrownBy(() -> Cbor.read(bytes, 0, bytes.length))
            .as(line)
            .isInstanceOfSatisfying(
                FaultException.class,
                e -> {
                  assertThat(e.fault().code()).isEqualTo(Fault.Code.MALFORMED);
                  assertThat(e.fault().details().fields().get("position"))
                      .isEqualTo(Value.integer(Integer.parseInt(expected.substring(3))));
                });
      } else {
        Value value = Cbor.read(bytes, 0, bytes.length);
        assertThat(value.toString()).as(line).isEqualTo(meaning(expected).toString());
        if (isCanonical(parts[0])) {
          assertThat(Cbor.write(value)).as(line).isEqualTo(bytes);
        }
      }
    }
    assertThat(refused).isEqualTo(24);
  }

  private static Value meaning(String text) {
    if (text.startsWith("double:")) {
      return new Value.Real(Double.parseDouble(text.substring(7)));
    }
    if (text.startsWith("bytes:")) {
      return new Value.Bytes(HexFormat.of().parseHex(text.substring(6)));
    }
    return Json.read(text.getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT);
  }
}
