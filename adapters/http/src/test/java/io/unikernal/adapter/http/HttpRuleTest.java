package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.spi.OperationRule.Problem;
import io.unikernal.spi.OperationRule.Result;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operation's options make of it. */
class HttpRuleTest {
  private static final Config SERVER = Definition.config(HttpAdapter.LISTEN, "8080");
  private static final Config CLIENT = Definition.config(HttpAdapter.URL, "http://x");

  private static Result.Shaped shaped(Config system, Object... pairs) {
    return (Result.Shaped) new HttpRule().apply("op", Definition.config(pairs), system);
  }

  private static List<Problem> refused(Config system, Object... pairs) {
    return ((Result.Refused) new HttpRule().apply("op", Definition.config(pairs), system))
        .problems();
  }

  @Test
  void aBodyAloneIsTheInput() {
    var order = Definition.record("Order", "id", "int");
    var shaped = shaped(SERVER, HttpAdapter.POST, "/orders", HttpAdapter.BODY, order);
    assertThat(shaped.input()).isSameAs(order);
    assertThat(shaped.output()).isEqualTo(Type.Simple.NULL);
    assertThat(shaped.direction()).isEqualTo(Direction.RECEIVES);
    assertThat(shaped.capabilities()).contains(Capability.REPLIES, Capability.CANCELS);
  }

  @Test
  void parametersAndABodyAreOneRecordAndPlaceholdersAreTextUnlessDeclared() {
    var shaped =
        shaped(
            CLIENT,
            HttpAdapter.PUT,
            "/a/{id}/{name}",
            HttpAdapter.PATH,
            Definition.types("id", "uuid"),
            HttpAdapter.QUERY,
            Definition.types("limit", "int?"),
            HttpAdapter.HEADERS,
            Definition.types("x_tenant", "string"),
            HttpAdapter.BODY,
            Type.Simple.ANY,
            HttpAdapter.RETURNS,
            Definition.type("string?"));
    assertThat(shaped.input())
        .hasToString("{ id: uuid, name: string, limit: int?, x_tenant: string, body: any }");
    assertThat(shaped.output()).hasToString("string?");
    assertThat(shaped.direction()).isEqualTo(Direction.CALLED);
  }

  @Test
  void nothingDeclaredIsTheEmptyRecord() {
    assertThat(((Type.Record) shaped(SERVER, HttpAdapter.GET, "/").input()).fields()).isEmpty();
  }

  @Test
  void theMethodSaysWhatHappensTwice() {
    assertThat(shaped(CLIENT, HttpAdapter.GET, "/").effect()).isEqualTo(Effect.READS);
    assertThat(shaped(CLIENT, HttpAdapter.HEAD, "/").effect()).isEqualTo(Effect.READS);
    assertThat(shaped(CLIENT, HttpAdapter.PUT, "/").effect().kind())
        .isEqualTo(Effect.Kind.IDEMPOTENT);
    assertThat(shaped(CLIENT, HttpAdapter.DELETE, "/").effect().kind())
        .isEqualTo(Effect.Kind.IDEMPOTENT);
    assertThat(shaped(CLIENT, HttpAdapter.POST, "/").effect()).isEqualTo(Effect.UNKNOWN);
    assertThat(shaped(CLIENT, HttpAdapter.PATCH, "/").effect()).isEqualTo(Effect.UNKNOWN);
  }

  @Test
  void aSystemEitherServesOrCalls() {
    assertThat(refused(Config.EMPTY, HttpAdapter.GET, "/").getFirst().message())
        .contains("either `listen` or `url`");
    var both = Definition.config(HttpAdapter.LISTEN, "1", HttpAdapter.URL, "http://x");
    assertThat(refused(both, HttpAdapter.GET, "/").getFirst().hint()).contains("listen: 8080");
  }

  @Test
  void anOperationHasOneMethod() {
    assertThat(refused(SERVER).getFirst().message()).contains("no method");
    assertThat(refused(SERVER, HttpAdapter.GET, "/", HttpAdapter.POST, "/").getFirst().field())
        .isEqualTo("post");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"orders", "/a?b=1", "/a#b", "/a{b}", "/{b}x", "/{}", "/{a b}", "/{a}/{a}"})
  void aPathHasWholePlaceholdersAndNoQuery(String path) {
    assertThat(refused(SERVER, HttpAdapter.GET, path)).hasSize(1);
  }

  @Test
  void aDeclaredParameterStandsInThePath() {
    var problem =
        refused(SERVER, HttpAdapter.GET, "/a", HttpAdapter.PATH, Definition.types("id", "uuid"))
            .getFirst();
    assertThat(problem.field()).isEqualTo("path");
    assertThat(problem.message()).isEqualTo("`id` does not stand in `/a`");
    assertThat(problem.hint()).contains("{id}");
  }

  @Test
  void parametersAreOfTypesThatOneTextCanHold() {
    for (Field<java.util.SequencedMap<String, Type>> option :
        List.of(HttpAdapter.QUERY, HttpAdapter.HEADERS)) {
      assertThat(refused(SERVER, HttpAdapter.GET, "/", option, Definition.types("a", "any")))
          .hasSize(1);
    }
    assertThat(
            refused(
                SERVER, HttpAdapter.GET, "/{a}", HttpAdapter.PATH, Definition.types("a", "int?")))
        .hasSize(1);
    assertThat(
            refused(
                SERVER,
                HttpAdapter.GET,
                "/",
                HttpAdapter.HEADERS,
                Definition.types("a", "list(int)")))
        .hasSize(1);
    assertThat(
            shaped(
                SERVER,
                HttpAdapter.GET,
                "/",
                HttpAdapter.QUERY,
                Definition.types("a", "list(pii(int))?", "b", "enum(x, y)")))
        .isNotNull();
  }

  @Test
  void aNameIsDeclaredOnce() {
    assertThat(
            refused(
                SERVER, HttpAdapter.GET, "/{id}", HttpAdapter.QUERY, Definition.types("id", "int")))
        .hasSize(1);
    assertThat(refused(SERVER, HttpAdapter.POST, "/{body}", HttpAdapter.BODY, Type.Simple.ANY))
        .hasSize(1);
  }

  @Test
  void aGetHasNoBodyAndAStatusIsAGoodOne() {
    assertThat(
            refused(SERVER, HttpAdapter.GET, "/", HttpAdapter.BODY, Type.Simple.ANY)
                .getFirst()
                .hint())
        .contains("query");
    assertThat(refused(SERVER, HttpAdapter.GET, "/", HttpAdapter.STATUS, 404)).hasSize(1);
    assertThat(
            refused(
                SERVER,
                HttpAdapter.GET,
                "/",
                HttpAdapter.STATUS,
                204,
                HttpAdapter.RETURNS,
                Type.Simple.ANY))
        .hasSize(1);
  }
}
