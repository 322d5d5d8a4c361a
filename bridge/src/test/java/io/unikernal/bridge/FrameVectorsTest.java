package io.unikernal.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The frames that the kernel and every SDK must read alike. */
class FrameVectorsTest {
  private static final List<String> TYPES =
      List.of(
          "",
          "CALL",
          "RESULT",
          "ERROR",
          "CANCEL",
          "CHUNK",
          "CREDIT",
          "HELLO",
          "WELCOME",
          "PING",
          "PONG",
          "GOODBYE",
          "REGISTER");

  @TestFactory
  Stream<DynamicTest> everyVector() throws IOException {
    byte[] text = Files.readAllBytes(Path.of("../sdks/vectors/frames.json"));
    var cases = (Value.Items) Json.read(text, Json.Limits.DEFAULT).field("cases");
    return cases.items().stream()
        .map(vector -> DynamicTest.dynamicTest(vector.fieldText("name"), () -> check(vector)));
  }

  private static Optional<Frame> read(byte[] bytes) throws IOException {
    return new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes))).next();
  }

  private static void check(Value vector) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(vector.fieldText("hex"));
    Value expected = vector.field("frame");
    if (expected != Value.Absent.ABSENT) {
      Frame frame = read(bytes).orElseThrow();
      assertThat(TYPES.get(frame.type())).isEqualTo(expected.fieldText("type"));
      assertThat(Value.integer(frame.flags())).isEqualTo(expected.field("flags"));
      assertThat(Value.integer(frame.id())).isEqualTo(expected.field("id"));
      var buffer = ByteBuffer.allocate(frame.size());
      frame.writeTo(buffer);
      assertThat(buffer.array()).isEqualTo(bytes);
      if (frame.type() == Frame.CALL) {
        var call = CallFrame.read(frame.payload());
        byte[] body =
            java.util.Arrays.copyOfRange(frame.payload(), call.bodyAt(), frame.payload().length);
        assertThat(CallFrame.write(call.operation(), call.meta(), body)).isEqualTo(frame.payload());
      }
    } else if (vector.field("ignore") == Value.Bool.TRUE) {
      assertThat(read(bytes)).isEmpty();
    } else if (vector.field("incomplete") == Value.Bool.TRUE && bytes.length == 0) {
      assertThat(read(bytes)).isEmpty();
    } else {
      // A beginning, after which nothing comes, is refused as well.
      assertThat(catchThrowableOfType(FaultException.class, () -> read(bytes))).isNotNull();
    }
  }
}
