package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BodyRoomTest {
  @Test
  void whatIsFullTakesNothingUntilSomethingIsGivenBack() {
    var room = new BodyRoom(100);
    assertThat(room.take(60)).isTrue();
    assertThat(room.take(41)).isFalse();
    assertThat(room.take(40)).isTrue();
    assertThat(room.taken()).isEqualTo(100);
    room.give(60);
    assertThat(room.take(61)).isFalse();
    assertThat(room.take(60)).isTrue();
  }

  @Test
  void aSmallBodyIsChargedForWhatItMayBecomeAndALargeOneForTheValuesInIt() {
    assertThat(BodyRoom.charge(1_000)).isEqualTo(8_000);
    assertThat(BodyRoom.charge(1_000_000)).isEqualTo(1_000_000 + 7 * BodyRoom.SMALL_BYTES);
    byte[] small = "[1,2]".getBytes(StandardCharsets.US_ASCII);
    byte[] text = "x".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
    byte[] list = "1,".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
    assertThat(BodyRoom.values(small, false)).isZero();
    assertThat(BodyRoom.values(text, false)).isZero();
    assertThat(BodyRoom.values(text, true)).isEqualTo(1_600_000);
    assertThat(BodyRoom.values(list, false)).isEqualTo(3_200_000);
  }
}
