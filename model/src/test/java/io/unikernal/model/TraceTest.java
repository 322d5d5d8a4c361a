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
  void aTraceparentOfZerosIsRefused() {
    assertThat(Trace.parse("00-" + "0".repeat(32) + "-b7ad6b7169203331-01")).isEmpty();
  }
}
