package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Json.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Numbers that JSON has as texts. */
class JsonTextTest {
  private static final Type.Record PAYMENT =
      new Type.Record(
          "Payment",
          List.of(
              text("id", Type.Int.ANY_INT),
              text("serial", Type.UInt.ANY_UINT.maybe()),
              text("amount", new Type.Decimal(18, 4)),
              Type.Field.of("plain", Type.Int.ANY_INT)));

  private static Type.Field text(String name, Type type) {
    return new Type.Field(name, type, Optional.empty(), "").asJsonText();
  }

  private static Value read(String json) {
    return Json.read(
        json.getBytes(StandardCharsets.UTF_8), PAYMENT, Conform.Extra.REFUSE, Limits.DEFAULT);
  }

  private static String written(Value value) {
    return new String(Json.forward(value), StandardCharsets.UTF_8);
  }

  @Test
  void aNumberIsWrittenInQuotesAndReadFromBothForms() {
    String quoted =
        "{\"id\":\"9007199254740993\",\"serial\":\"18446744073709551615\",\"amount\":\"12.5000\",\"plain\":1}";
    Value fromTexts = read(quoted);
    Value fromNumbers =
        read(
            "{\"id\":9007199254740993,\"serial\":18446744073709551615,\"amount\":12.5,\"plain\":1}");
    assertThat(fromTexts).isEqualTo(fromNumbers);
    assertThat(fromTexts.field("id")).isEqualTo(Value.integer(9007199254740993L));
    assertThat(written(fromTexts)).isEqualTo(quoted);
    assertThat(written(fromNumbers)).isEqualTo(quoted);
  }

  @Test
  void whatCameAsANumberIsNotHandedOnAsItCame() {
    byte[] came = "{\"id\":7,\"amount\":1,\"plain\":1}".getBytes(StandardCharsets.UTF_8);
    Value value = Json.receive(came, PAYMENT, Conform.Extra.REFUSE, Limits.DEFAULT);
    assertThat(written(value)).isEqualTo("{\"id\":\"7\",\"amount\":\"1.0000\",\"plain\":1}");
  }

  @Test
  void aTextThatIsNoNumberIsRefusedAndAnotherFieldTakesNoTextAtAll() {
    assertThatThrownBy(() -> read("{\"id\":\"seven\",\"amount\":\"1\",\"plain\":\"1\"}"))
        .isInstanceOfSatisfying(
            FaultException.class,
            thrown -> {
              assertThat(thrown.fault().code()).isEqualTo(Fault.Code.INVALID);
              assertThat(thrown.fault().violations())
                  .extracting(one -> one.path())
                  .containsExactly("id", "plain");
            });
  }

  @Test
  void aValueOfAnotherFormatIsFittedFromBothFormsToo() {
    Value given =
        Json.read(
            "{\"id\":\"7\",\"amount\":\"1\",\"plain\":1}".getBytes(StandardCharsets.UTF_8),
            Limits.DEFAULT);
    assertThat(Conform.to(PAYMENT, given, Conform.Extra.REFUSE, "the payment").field("id"))
        .isEqualTo(Value.integer(7));
  }
}
