package io.unikernal.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Goal: the SPI stays blocking, closed where it is a choice, and small enough to read in one
 * sitting.
 */
class SpiTest {
  private static final List<Class<?>> TYPES =
      List.of(
          Adapter.class,
          AdapterSpec.class,
          Caller.class,
          Delivery.class,
          Describes.class,
          Endpoint.class,
          Health.class,
          OpenSystem.class,
          OperationRule.class,
          Sink.class,
          SystemContext.class,
          World.class);

  @Test
  void noSignatureHoldsAFuture() {
    for (Class<?> type : withNested()) {
      for (var method : type.getDeclaredMethods()) {
        Stream.concat(Stream.of(method.getReturnType()), Arrays.stream(method.getParameterTypes()))
            .forEach(part ->
                assertThat(
                        Future.class.isAssignableFrom(part)
                            || CompletionStage.class.isAssignableFrom(part))
                    .as(method.toString())
                    .isFalse());
      }
    }
  }

  @Test
  void choicesAreSealed() {
    assertThat(Endpoint.class.isSealed()).isTrue();
    assertThat(Health.class.isSealed()).isTrue();
    assertThat(OperationRule.Result.class.isSealed()).isTrue();
    assertThat(Describes.Description.class.isSealed()).isTrue();
    assertThat(Endpoint.class.getPermittedSubclasses())
        .containsExactlyInAnyOrder(
            Endpoint.PullSource.class,
            Endpoint.PushSource.class,
            Endpoint.Target.class,
            Endpoint.Duplex.class);
  }

  @Test
  void everythingIsAnInterfaceOrARecord() {
    for (Class<?> type : withNested()) {
      assertThat(type.isInterface() || type.isRecord() || type.isEnum())
          .as(type.getName())
          .isTrue();
      assertThat(Modifier.isPublic(type.getModifiers())).as(type.getName()).isTrue();
    }
  }

  private static List<Class<?>> withNested() {
    return TYPES.stream()
        .flatMap(type -> Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses())))
        .toList();
  }
}
