package io.unikernal.kernel.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Trace;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TracesTest {
  @Test
  void aTraceThatBeginsHereHasTheIdOfItsMessage() {
    var random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      var id = new UUID(random.nextLong(), random.nextLong());
      var trace = Traces.enter(Span.NONE, Trace.NONE, id);
      assertThat(trace.traceId()).isEqualTo(id.toString().replace("-", ""));
      assertThat(trace.spanId()).matches("[0-9a-f]{16}").isNotEqualTo(Trace.NO_SPAN);
      assertThat(Trace.parse(trace.text())).contains(trace);
    }
  }
}
