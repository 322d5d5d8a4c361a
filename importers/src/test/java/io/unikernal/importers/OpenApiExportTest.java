package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import io.unikernal.model.Fault;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we write as OpenAPI is read without complaint by another's parser, and by our own. */
class OpenApiExportTest {
  @TempDir private Path folder;

  private Exported export() throws Exception {
    var compilation = Adapters.compiled(Shop.UDL, folder);
    return Exporters.openApi(
        compilation.types(),
        compilation.plan().orElseThrow(),
        found(Adapters.all(), "http").spec(),
        "shop");
  }

  private static OpenAPI parsed(String text) {
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(text, null, null);
    assertThat(Optional.ofNullable(result.getMessages()).orElse(List.of())).as(text).isEmpty();
    return result.getOpenAPI();
  }

  @Test
  void anotherParserFindsEveryOperation() throws Exception {
    OpenAPI api = parsed(export().text());
    assertThat(found(api.getPaths(), "/orders").getPost().getOperationId())
        .isEqualTo("create_order");
    Operation list = found(api.getPaths(), "/orders").getGet();
    assertThat(list.getParameters())
        .extracting(parameter ->
            parameter.getIn() + " " + parameter.getName() + " " + parameter.getRequired())
        .containsExactly("query limit false", "query status false", "header x-tenant true");
    Operation find = found(api.getPaths(), "/orders/{id}").getGet();
    assertThat(find.getResponses().keySet()).containsExactly("200", "404", "4XX", "5XX");
    assertThat(found(api.getPaths(), "/orders/{id}").getDelete().getResponses()).containsKey("204");
    assertThat(found(api.getPaths(), "/orders/{id}").getPatch().getRequestBody().getRequired())
        .isFalse();
  }

  @Test
  void faultsAreProblemsWithEveryCode() throws Exception {
    OpenAPI api = parsed(export().text());
    var problem = found(api.getComponents().getSchemas(), "FaultProblem");
    var code = (Schema<?>) found(problem.getProperties(), "code");
    assertThat(code.getEnum().stream().map(String::valueOf))
        .containsExactlyElementsOf(Arrays.stream(Fault.Code.values()).map(Enum::name).toList());
    assertThat(found(found(api.getPaths(), "/orders").getPost().getResponses(), "4XX").getContent())
        .containsKey("application/problem+json");
  }

  @Test
  void itsSchemasAreJsonSchemas() throws Exception {
    Tree root = TreeReader.json(new SourceFile("a.json", Path.of("a.json"), export().text()));
    var validators = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    String whole =
        TypeTexts.json(
            OpenApiWriter.dict(
                "$ref",
                Value.text("#/components/schemas/Order"),
                "components",
                root.get("components").orElseThrow().value()));
    var schema = validators.getSchema(whole);
    String good =
        """
        {"customer": "ann", "email": "a@b", "items": [{"sku": "ABC-1234", "price": 1.5}],
         "payment": {"kind": "card", "number": "1"}, "tags": {}, "id": "3b241101-e2bb-4255-8caf-4136c566a962"}
        """;
    assertThat(schema.validate(good, InputFormat.JSON)).isEmpty();
    assertThat(schema.validate(good.replace("1.5", "1.555"), InputFormat.JSON)).isNotEmpty();
    assertThat(schema.validate(good.replace("\"card\"", "\"cash\""), InputFormat.JSON))
        .isNotEmpty();
  }

  @Test
  void whatIsExportedCanBeImported() throws Exception {
    Path file = Files.writeString(folder.resolve("shop.json"), export().text());
    var options = new Importers.Options(Optional.empty(), Optional.of("shop"), Set.of(), false);
    var written = (Importers.Result.Written) Importers.read(List.of(file), options);
    var again = Adapters.compiled(written.text(), folder);
    var before = Adapters.compiled(Shop.UDL, folder);
    assertThat(written.imported().operations()).isEqualTo(5);
    before
        .types()
        .forEach((name, type) ->
            assertThat(Same.text(one(name, found(again.types(), name))))
                .isEqualTo(Same.text(one(name, type))));
  }

  private static <T> T found(Map<?, T> map, String name) {
    return Optional.ofNullable(map.get(name)).orElseThrow();
  }

  private static SequencedMap<String, Type> one(String name, Type type) {
    var types = new LinkedHashMap<String, Type>();
    types.put(name, type);
    return types;
  }
}
