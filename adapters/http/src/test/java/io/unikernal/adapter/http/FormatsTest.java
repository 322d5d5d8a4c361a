package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Config;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Formats;
import io.unikernal.spi.OperationRule.Result;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which format a request is read in and an answer is written in, both sides of a connection. */
@Timeout(20)
class FormatsTest {
  private static final Type.Record LINE =
      Definition.record("Line", "sku", "string", "qty", "int", "price", "decimal(12,2)");
  private static final Type LINES = Type.ListOf.of(LINE);
  private static final String JSON =
      "[{\"sku\":\"A\",\"qty\":2,\"price\":1.50},{\"sku\":\"B, C\",\"qty\":1,\"price\":0.10}]";
  private static final String CSV = "sku,qty,price\r\nA,2,1.50\r\n\"B, C\",1,0.10\r\n";
  private static final String XML =
      "<?xml version='1.0' encoding='UTF-8'?><items><Line><sku>A</sku><qty>2</qty>"
          + "<price>1.50</price></Line><Line><sku>B, C</sku><qty>1</qty><price>0.10</price></Line>"
          + "</items>";

  private static Web web;

  @BeforeAll
  static void open() throws InterruptedException {
    var definition =
        Web.definition()
            .operation(
                "lines",
                HttpAdapter.POST,
                "/lines",
                HttpAdapter.BODY,
                LINES,
                HttpAdapter.RETURNS,
                LINES,
                HttpAdapter.FORMATS,
                List.of("json", "csv", "xml", "yaml", "ndjson"))
            .operation(
                "line",
                HttpAdapter.POST,
                "/line",
                HttpAdapter.BODY,
                LINE,
                HttpAdapter.RETURNS,
                LINE,
                HttpAdapter.FORMATS,
                List.of("json", "form"))
            .operation(
                "plain",
                HttpAdapter.POST,
                "/plain",
                HttpAdapter.BODY,
                LINE,
                HttpAdapter.RETURNS,
                LINE);
    web = Web.running(definition, message -> message.body().value());
  }

  @AfterAll
  static void close() {
    web.close();
  }

  private static HttpResponse<String> send(String path, String type, String accept, String body)
      throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(web.uri(path))
              .header("content-type", type)
              .POST(HttpRequest.BodyPublishers.ofString(body));
      if (!accept.isEmpty()) {
        request.header("accept", accept);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static void answers(HttpResponse<String> response, int status, String type, String body) {
    assertThat(response.body()).isEqualTo(body);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).contains(type);
  }

  @Test
  void anAnswerLeavesInTheFormatThatTheCallerSent() throws Exception {
    answers(send("/lines", "application/json", "", JSON), 200, "application/json", JSON);
    answers(send("/lines", "text/csv", "*/*", CSV), 200, "text/csv; charset=utf-8", CSV);
    answers(send("/lines", "application/xml", "", XML), 200, "application/xml", XML);
    answers(send("/lines", "application/vnd.x+xml", "", XML), 200, "application/xml", XML);
  }

  @Test
  void acceptDecidesWhatTheAnswerIsIn() throws Exception {
    answers(send("/lines", "text/csv", "application/json", CSV), 200, "application/json", JSON);
    answers(send("/lines", "application/json", "text/xml", JSON), 200, "text/xml", XML);
    answers(
        send("/lines", "application/json", "application/xml;q=0.1, text/csv;q=0.9", JSON),
        200,
        "text/csv; charset=utf-8",
        CSV);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | json",
        "*/* | csv",
        "text/* | csv",
        "application/* | json",
        "text/csv, */* | csv",
        "application/xml, */* | xml",
        "*/*, application/json;q=0 | csv",
        "text/csv;q=0, */*;q=0.1 | json",
        "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8 | xml",
        "application/yaml;q=0.5, application/json;q=0.4 | yaml",
        "application/json;q=2, text/csv;q=0.1 | csv",
        "TEXT/CSV | csv",
        "image/png | -",
        "*/*;q=0 | -",
        "nonsense | -",
      })
  void theMostWantedFormatIsChosen(String accept, String expected) {
    var formats = List.of("json", "csv", "xml", "yaml");
    var operation = Definition.config(HttpAdapter.RETURNS, LINES, HttpAdapter.FORMATS, formats);
    var offers = BodyFormats.of(operation, Config.EMPTY);
    String chosen =
        offers.answer(accept, offers.request("text/csv")).map(it -> it.offer().name()).orElse("-");
    assertThat(chosen).isEqualTo(expected);
  }

  @Test
  void whatIsNotOneOfTheFormatsIsRefused() throws Exception {
    var response = send("/lines", "image/png", "", "x");
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(response.body()).contains("JSON or CSV or XML").contains("text/csv");
    assertThat(send("/plain", "text/csv", "", CSV).statusCode()).isEqualTo(415);
    assertThat(send("/lines", "text/csv; charset=x-none", "", CSV).statusCode()).isEqualTo(415);
    assertThat(send("/lines", "text/csv; charset=iso-2022-jp", "", CSV).statusCode())
        .isEqualTo(415);
    var excluded = send("/lines", "application/json", "image/png", JSON);
    assertThat(excluded.statusCode()).isEqualTo(406);
    assertThat(excluded.headers().firstValue("content-type")).contains("application/problem+json");
  }

  @Test
  void whatIsWrongIsToldAsOfJson() throws Exception {
    var malformed = send("/lines", "application/xml", "application/xml", "<a><b></a>");
    assertThat(malformed.statusCode()).isEqualTo(400);
    assertThat(malformed.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(malformed.body()).contains("\"position\":8").contains("\"line\":1");
    var invalid = send("/lines", "text/csv", "", "sku,qty,price\nA,many,1.505\n");
    assertThat(invalid.statusCode()).isEqualTo(422);
    assertThat(invalid.body()).contains("\"[0].qty\"").contains("\"[0].price\"");
    var entity =
        send(
            "/lines",
            "application/xml",
            "",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>");
    assertThat(entity.statusCode()).isEqualTo(400);
    assertThat(entity.body()).contains("a document type is not allowed").doesNotContain("root:");
  }

  @Test
  void aFormIsAnsweredInJsonUnlessAFormIsWanted() throws Exception {
    String form = "sku=A+1&qty=2&price=1.50";
    String type = "application/x-www-form-urlencoded";
    String json = "{\"sku\":\"A 1\",\"qty\":2,\"price\":1.50}";
    answers(send("/line", type, "*/*", form), 200, "application/json", json);
    answers(send("/line", type, "text/html, */*;q=0.8", form), 200, "application/json", json);
    answers(send("/line", type, type, form), 200, type, form);
  }

  @Test
  void aBodyInAnotherCharsetIsReadAsItsContentTypeSays() throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(web.uri("/lines"))
              .header("content-type", "text/csv; charset=iso-8859-1")
              .header("accept", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "sku,qty,price\nä,1,2\n", StandardCharsets.ISO_8859_1))
              .build();
      answers(
          client.send(request, HttpResponse.BodyHandlers.ofString()),
          200,
          "application/json",
          "[{\"sku\":\"ä\",\"qty\":1,\"price\":2.00}]");
    }
  }

  @Test
  void aServerThatIsCalledIsSentTheFirstFormatAndReadInWhatItAnswers() throws Exception {
    var definition =
        new Definition("other")
            .with(HttpAdapter.URL, URI.create(web.system.describe()).toString())
            .operation(
                "xml",
                HttpAdapter.POST,
                "/lines",
                HttpAdapter.BODY,
                LINES,
                HttpAdapter.RETURNS,
                LINES,
                HttpAdapter.FORMATS,
                List.of("xml", "json"))
            .operation(
                "csv",
                HttpAdapter.POST,
                "/lines",
                HttpAdapter.BODY,
                LINES,
                HttpAdapter.RETURNS,
                LINES,
                HttpAdapter.FORMATS,
                List.of("csv"));
    var system = new HttpAdapter().open(definition.context());
    try {
      for (Operation operation : definition.operations()) {
        var duplex = (Endpoint.Duplex) system.bind(operation);
        Value lines =
            Formats.installed()
                .get("json")
                .codec(Config.EMPTY)
                .read(
                    JSON.getBytes(StandardCharsets.UTF_8),
                    io.unikernal.spi.Codec.Reading.of(
                        LINES, io.unikernal.model.Conform.Extra.REFUSE));
        var message =
            Message.received(
                operation.id(),
                new java.util.LinkedHashMap<>(),
                io.unikernal.model.Body.of(lines),
                io.unikernal.model.Trace.NONE);
        assertThat(duplex.call(message).body()).isEqualTo(lines);
      }
    } finally {
      system.close();
    }
  }

  @Test
  void aFormatThatCannotHoldTheTypesIsRefusedByTheChecker() {
    assertThat(problems(HttpAdapter.BODY, LINES, HttpAdapter.FORMATS, List.of("json", "form")))
        .contains("`form` cannot hold `list(Line)`");
    assertThat(
            problems(
                HttpAdapter.BODY,
                LINE,
                HttpAdapter.RETURNS,
                LINES,
                HttpAdapter.FORMATS,
                List.of("form", "csv")))
        .isEmpty();
    var csv = (io.unikernal.model.Field<?>) spec("csv");
    assertThat(problems(HttpAdapter.BODY, LINES, csv, Config.EMPTY))
        .contains("`csv` is not one of the formats");
    var same =
        Definition.config(
            Formats.installed().get("csv").spec().options().find("delimiter").orElseThrow(), "ab");
    assertThat(problems(HttpAdapter.BODY, LINES, HttpAdapter.FORMATS, List.of("csv"), csv, same))
        .contains("`delimiter` is one character");
  }

  private static Object spec(String option) {
    return new HttpAdapter().spec().operation().find(option).orElseThrow();
  }

  private static String problems(Object... options) {
    var all = new Object[options.length + 2];
    all[0] = HttpAdapter.POST;
    all[1] = "/x";
    System.arraycopy(options, 0, all, 2, options.length);
    Config system = Definition.config(HttpAdapter.LISTEN, "1");
    return switch (new HttpRule().apply("x", Definition.config(all), system)) {
      case Result.Shaped _ -> "";
      case Result.Refused(var problems) ->
          problems.stream().map(it -> it.message()).collect(Collectors.joining("; "));
    };
  }
}
