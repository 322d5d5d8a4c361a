package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BodyRoomTest {
  @Test
  void whatIsFullTakesNothingUntilSomethingIsGivenBack() {
    var room = new BodyRoom(100);
    var first = room.share();
    var second = room.share();
    assertThat(first.take(60)).isTrue();
    assertThat(second.take(41)).isFalse();
    assertThat(second.take(40)).isTrue();
    assertThat(room.taken()).isEqualTo(100);
    first.release();
    first.release();
    assertThat(first.take(10)).as("it holds nothing any more").isTrue();
    assertThat(room.taken()).isEqualTo(40);
    assertThat(second.takeUpTo(40)).isTrue();
    assertThat(second.takeUpTo(101)).isFalse();
    assertThat(second.takeUpTo(100)).isTrue();
    assertThat(room.taken()).isEqualTo(100);
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
