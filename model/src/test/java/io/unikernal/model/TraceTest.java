package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TraceTest {
  @Test
  void aTraceparentIsReadAndWrittenUnchanged() {
    String text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assertThat(Trace.parse(text)).map(Trace::text).contains(text);
  }

  @Test
  void aTracestateGoesWithItUnlessNoHeaderCouldHoldIt() {
    String text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assertThat(Trace.parse(text, "a=1,b=2")).map(Trace::state).contains("a=1,b=2");
    assertThat(Trace.parse(text, "a=1\r\nx: y")).map(Trace::state).contains("");
    assertThat(Trace.parse(text, "a".repeat(Trace.STATE_MAX + 1))).map(Trace::state).contains("");
    assertThat(Trace.parse("nonsense", "a=1")).isEmpty();
  }

  @Test
  void aTraceparentOfZerosIsRefused() {
    assertThat(Trace.parse("00-" + "0".repeat(32) + "-b7ad6b7169203331-01")).isEmpty();
  }
}
